import { readFileSync, statSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { type Asset, createAsset } from './asset.ts'
import { libraryOf, withLibraryPaths } from './libraries.ts'
import { stripTypes } from './strip-types.ts'

const src = new URL('../../', import.meta.url)

/** What pages may import: themselves, and what they and the server agree on. */
const SERVED = /^(dashboard\/(ui|contract)|operations\/model)\/([a-z0-9-]+\/)*[a-z0-9-]+\.(ts|css|svg)$/

/** The sources of the pages: TypeScript is sent without its types, and read again when it changed. */
export function sourceAssets(): (path: string) => Asset | undefined {
  const made = new Map<string, { readonly changed: number; readonly asset: Asset }>()
  return (path) => {
    const file = fileOf(path)
    const changed = file && statSync(file, { throwIfNoEntry: false })?.mtimeMs
    if (file === undefined || changed === undefined) return undefined
    const known = made.get(path)
    if (known?.changed === changed) return known.asset
    const asset = createAsset(file, contentOf(path, readFileSync(file, 'utf8')), false)
    made.set(path, { changed: Number(changed), asset })
    return asset
  }
}

function fileOf(path: string): string | undefined {
  if (path === '') return fileURLToPath(new URL('dashboard/ui/index.html', src))
  const [, name] = /^assets\/(.+)$/.exec(path) ?? []
  if (name === undefined) return undefined
  return SERVED.test(name) ? fileURLToPath(new URL(name, src)) : libraryOf(name)
}

function contentOf(path: string, text: string): string {
  if (path.endsWith('.ts')) return withLibraryPaths(stripTypes(text), path)
  return /\.m?js$/.test(path) ? withLibraryPaths(text, path) : text
}
