import { basename, resolve } from 'node:path'
import { UsageError } from './usage-error.ts'

/** Where a project is made, and the names that follow from it. */
export type Target = {
  /** The absolute path of the folder. */
  readonly folder: string
  /** The name in package.json: that of the folder, made valid; with the scope, if the folder is `@scope/name`. */
  readonly packageName: string
  /** The name for databases and addresses: lower-case letters, digits and `-`. */
  readonly slug: string
  /** The name as one word, which the uri of a contract may begin with. */
  readonly word: string
}

const FALLBACK = 'service'
const MAX_NAME = 50
const SCOPED = /^@([^/\\]+)[/\\]([^/\\]+)[/\\]*$/
// What npm takes for a package, but not for one in this folder: node_modules would be its own.
const REFUSED = ['node_modules', 'favicon.ico']

/**
 * @param given the folder as it was written
 * @param taken names that the package cannot have, since it depends on packages with these
 * @throws UsageError
 */
export function targetOf(given: string, cwd: string, taken: readonly string[]): Target {
  const path = given.trim()
  if (path === '') throw new UsageError('the folder needs a name')
  // biome-ignore lint/suspicious/noControlCharactersInRegex: no folder should have them in its name
  if (/[\u0000-\u001f\u007f]/.test(path)) throw new UsageError('the name of the folder has control characters')
  const folder = resolve(cwd, path)
  const name = partOf(basename(folder))
  const scope = SCOPED.exec(path)?.[1]
  const bare = REFUSED.includes(name) ? FALLBACK : name
  const packageName = scope === undefined ? bare : `@${partOf(scope)}/${bare}`
  const slug = bare.replace(/[^a-z0-9]+/g, '-').replace(/^-+|-+$/g, '') || FALLBACK
  const word = slug.replace(/^[\d-]+|-/g, '').slice(0, 40) || FALLBACK
  return { folder, packageName: taken.includes(packageName) ? `${packageName}-service` : packageName, slug, word }
}

/** A part of a valid package name. */
function partOf(text: string): string {
  const valid = text
    .toLowerCase()
    .replace(/[^a-z0-9._~-]+/g, '-')
    .replace(/^[._-]+|-+$/g, '')
  return valid.slice(0, MAX_NAME) || FALLBACK
}
