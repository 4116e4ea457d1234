import { InvalidConfiguration } from '../core/errors/input.ts'
import { requirePackages } from '../process/packages.ts'
import type { Scheme } from './opener.ts'

async function openMongo(setting: string): Promise<Scheme> {
  requirePackages(setting, 'mongodb')
  return { open: (await import('./mongo-url.ts')).openMongoUrl }
}

// An adapter, and its driver, is imported only when its scheme is used.
const SCHEMES: Readonly<Record<string, (setting: string) => Promise<Scheme>>> = {
  file: async () => ({ open: (await import('./embedded-url.ts')).openFileUrl }),
  https: async (setting) => {
    requirePackages(setting, '@azure/cosmos')
    return { open: (await import('./cosmos/cosmos-url.ts')).openCosmosUrl }
  },
  'cosmos-emulator': async (setting) => {
    requirePackages(setting, '@azure/cosmos')
    const { openEmulatorUrl, prepareEmulator } = await import('./cosmos/emulator-url.ts')
    return { open: openEmulatorUrl, prepare: prepareEmulator }
  },
  mongodb: openMongo,
  'mongodb+srv': openMongo,
}

/** What handles the scheme of a URL. @throws InvalidConfiguration for an unknown one */
export async function schemeOf(url: string, setting: string): Promise<Scheme> {
  const name = /^([a-z][a-z0-9+.-]*):/i.exec(url)?.[1]?.toLowerCase()
  const load = name !== undefined && Object.hasOwn(SCHEMES, name) ? SCHEMES[name] : undefined
  if (load === undefined) {
    const known = Object.keys(SCHEMES).map((known) => `${known}:`)
    throw new InvalidConfiguration(setting, `must be a URL that begins with ${known.join(' or ')}`)
  }
  return load(setting)
}
