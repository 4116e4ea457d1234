import type { Asset } from './asset.ts'
import { builtAssets } from './built-assets.ts'
import { sourceAssets } from './source-assets.ts'

/** The file of a path below the dashboard's base, `''` for its one HTML page; undefined if there is none. */
export type Assets = (path: string) => Asset | undefined

/** The files of the pages: in the repository from their source, without a build, and otherwise as they were published. */
export function assetsOf(): Assets {
  return import.meta.url.endsWith('.ts') ? sourceAssets() : builtAssets()
}
