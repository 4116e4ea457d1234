import { InvalidConfiguration } from '../core/errors/input.ts'
import type { Storage } from '../views/storage.ts'
import type { Opener, OpenOptions } from './opener.ts'
import { requirePackages } from './packages.ts'

// An adapter, and the driver behind it, is imported when its scheme is asked for.
const openMongoUrl = async (setting: string): Promise<Opener> => {
  requirePackages(setting, 'mongodb')
  return (await import('./mongo-url.ts')).openMongoUrl
}
const SCHEMES: Readonly<Record<string, (setting: string) => Promise<Opener>>> = {
  file: async () => (await import('./file-url.ts')).openFileUrl,
  mongodb: openMongoUrl,
  'mongodb+srv': openMongoUrl,
}

/**
 * Opens the storage that a URL names: `file:./data?ranges=4` is a folder, `mongodb://host/database?slots=8` a database
 * in MongoDB.
 *
 * @throws InvalidConfiguration for a scheme, or parameters, that are not known; and what the adapter throws
 */
export async function openStorage(url: string, options: OpenOptions = {}): Promise<Storage> {
  const { setting = 'url' } = options
  const scheme = /^([a-z][a-z0-9+.-]*):/i.exec(url)?.[1]?.toLowerCase()
  const load = scheme !== undefined && Object.hasOwn(SCHEMES, scheme) ? SCHEMES[scheme] : undefined
  if (load === undefined) {
    const known = Object.keys(SCHEMES).map((name) => `${name}:`)
    throw new InvalidConfiguration(setting, `must be a URL that begins with ${known.join(' or ')}`)
  }
  const open = await load(setting)
  return open(url, { ...options, setting })
}
