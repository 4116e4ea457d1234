import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { pathToFileURL } from 'node:url'

/** The SDK's own hash of a partition key, which it does not export. */
export async function sdkHash(version: 1 | 2): Promise<(key: readonly unknown[]) => string> {
  const entry = dirname(createRequire(import.meta.url).resolve('@azure/cosmos'))
  const root = entry.slice(0, entry.lastIndexOf(join('@azure', 'cosmos'))) + join('@azure', 'cosmos')
  const file = join(root, 'dist', 'esm', 'utils', 'hashing', `v${version}.js`)
  return (await import(pathToFileURL(file).href))[`hashV${version}PartitionKey`]
}
