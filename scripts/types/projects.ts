import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

type Options = Readonly<Record<string, unknown>>

// How a project finds modules. `require` of an ES module is what CommonJS code compiles to.
const MODULES: Readonly<Record<string, { readonly type: 'module' | 'commonjs'; readonly options: Options }>> = {
  bundler: { type: 'module', options: { module: 'esnext', moduleResolution: 'bundler' } },
  nodenext: { type: 'module', options: { module: 'nodenext' } },
  commonjs: { type: 'commonjs', options: { module: 'nodenext' } },
}

const STRICT: Options = { strict: true, target: 'es2022', noEmit: true, skipLibCheck: true, types: ['node'] }

/** What a project may set besides, and in which module systems that is tried. */
const VARIANTS: Readonly<Record<string, { readonly options: Options; readonly in: readonly string[] }>> = {
  strict: { options: {}, in: Object.keys(MODULES) },
  exact: { options: { exactOptionalPropertyTypes: true }, in: Object.keys(MODULES) },
  // Declarations of the project itself: every type that it infers must have a name that it can write down.
  library: {
    options: { noEmit: false, emitDeclarationOnly: true, declaration: true, outDir: 'out' },
    in: ['nodenext'],
  },
  'lib-checked': { options: { skipLibCheck: false }, in: ['nodenext'] },
  'no-node-types': { options: { types: [] }, in: ['nodenext'] },
}

/**
 * Writes a project for each way in which the package is compiled.
 *
 * @param files the sources by their names; those that await at their top are left out of CommonJS
 * @returns the projects' folders, relative to `folder`
 */
export function writeProjects(folder: string, files: Readonly<Record<string, string>>): string[] {
  const projects: string[] = []
  for (const [variant, { options, in: modules }] of Object.entries(VARIANTS)) {
    for (const name of modules) {
      const { type, options: resolution } = MODULES[name] as (typeof MODULES)[string]
      const project = `types-${variant}-${name}`
      mkdirSync(join(folder, project), { recursive: true })
      const write = (file: string, text: string) => writeFileSync(join(folder, project, file), text)
      write('package.json', JSON.stringify({ type }))
      write('tsconfig.json', JSON.stringify({ compilerOptions: { ...STRICT, ...resolution, ...options } }))
      for (const [file, text] of Object.entries(files)) {
        const needsNode =
          /^(const|await using) .*await /m.test(text) && (type === 'commonjs' || variant === 'no-node-types')
        if (!needsNode) write(file, text)
      }
      projects.push(project)
    }
  }
  return projects
}
