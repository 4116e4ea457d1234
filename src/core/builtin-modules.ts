/**
 * Modules of Node that are loaded when they are first used. Loading them takes as long as loading all of Tidemark, and a
 * program that imports Tidemark may never need them.
 */
export const builtin = {
  crypto: () => process.getBuiltinModule('node:crypto'),
  os: () => process.getBuiltinModule('node:os'),
  performance: () => process.getBuiltinModule('node:perf_hooks'),
  util: () => process.getBuiltinModule('node:util'),
} as const
