import { createRequire } from 'node:module'
import { dirname, join, posix } from 'node:path'

// Browsers find no packages by their names: each import of one becomes the path under which its module is served.

/** The modules by the names under which they are imported; all are made for browsers. */
const LIBRARIES: { readonly [specifier: string]: string } = {
  preact: 'preact.mjs',
  'preact/hooks': 'hooks.mjs',
  '@preact/signals': 'signals.module.js',
  '@preact/signals-core': 'signals-core.module.js',
  htm: 'htm.module.js',
  uplot: 'uPlot.esm.js',
}

const FOLDER = 'library/'

/** The file of a library that is served as `library/<specifier>.js`; undefined if it is none of them. */
export function libraryOf(name: string): string | undefined {
  const specifier = Object.keys(LIBRARIES).find((specifier) => name === servedAs(specifier))
  if (specifier === undefined) return undefined
  const require = createRequire(import.meta.url)
  // It is found where the library that needs it is.
  const from = specifier === '@preact/signals-core' ? createRequire(require.resolve('@preact/signals')) : require
  return join(dirname(from.resolve(specifier)), LIBRARIES[specifier] ?? '')
}

/**
 * The code with paths in place of the libraries' names.
 *
 * @param path where the code is served, which the paths are relative to
 */
export function withLibraryPaths(code: string, path: string): string {
  return code.replace(
    /(\bfrom\s*|\bimport\s*\(?\s*)(["'])([^"'.][^"']*)\2/g,
    (whole, keyword: string, quote: string, name: string) => {
      if (!Object.hasOwn(LIBRARIES, name)) return whole
      return `${keyword}${quote}${relativeTo(path, `assets/${servedAs(name)}`)}${quote}`
    },
  )
}

const servedAs = (specifier: string) => `${FOLDER}${specifier}.js`

function relativeTo(path: string, target: string): string {
  const relative = posix.relative(posix.dirname(path), target)
  return relative.startsWith('.') ? relative : `./${relative}`
}
