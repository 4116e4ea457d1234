import { join } from 'node:path'
import { folderOf } from '../open/file-url.ts'

/**
 * The URL of the storage of operations that is used if none is named: the folder `ops` inside the folder of the storage,
 * or else `./tidemark-ops`.
 *
 * @param setting the name of the storage's URL in errors
 * @throws InvalidConfiguration
 */
export function defaultOps(storage: string, setting: string): string {
  const folder = folderOf(storage, setting)
  if (folder === undefined) return 'file:./tidemark-ops'
  const path = join(folder, 'ops').split(/[\\/]/).map(encodeURIComponent).join('/')
  return `file:${path.startsWith('/') ? `//${path}` : `./${path}`}`
}
