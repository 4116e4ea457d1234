import { readFileSync } from 'node:fs'
import type { Asset } from './asset.ts'
import { createAsset } from './asset.ts'

const INDEX = 'index.html'

/**
 * The files that the build made, which `files.json` lists: nothing else is ever read.
 *
 * @param folder the URL of the folder that they are in
 */
export function builtAssets(folder = new URL('../ui/', import.meta.url)): (path: string) => Asset | undefined {
  const files = new Set(JSON.parse(readFileSync(new URL('files.json', folder), 'utf8')) as string[])
  const read = new Map<string, Asset>()
  return (path) => {
    const name = path === '' ? INDEX : path.replace(/^assets\//, '')
    if (!files.has(name)) return undefined
    const known = read.get(name)
    if (known !== undefined) return known
    const asset = createAsset(name, readFileSync(new URL(name, folder)), name !== INDEX)
    read.set(name, asset)
    return asset
  }
}
