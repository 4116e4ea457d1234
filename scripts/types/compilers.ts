/** The compilers that the declarations are held to, by the names under which the empty project has them. */
export const COMPILERS = {
  'typescript-5.9': 'npm:typescript@5.9.3',
  'typescript-6.0': 'npm:typescript@6.0.3',
  'typescript-7.0': 'npm:typescript@7.0.2',
} as const

/** A compiler by its name in the empty project. */
export type Compiler = keyof typeof COMPILERS

/** The path of a compiler's program in the empty project, for Node. */
export const programOf = (compiler: Compiler): string => `node_modules/${compiler}/bin/tsc`
