import type * as Sqlite from 'node:sqlite'

/**
 * `node:sqlite`, loaded when a file is opened and not before: a Node without it can then be told what is missing,
 * where an import would end the process with `ERR_UNKNOWN_BUILTIN_MODULE`.
 */
export const nodeSqlite = (): typeof Sqlite => process.getBuiltinModule('node:sqlite')
