import { openInEnvironment } from '../core/environment.ts'
import type { Storage } from '../views/with-views.ts'
import type { OpenOptions } from './opener.ts'
import { schemeOf } from './schemes.ts'

/**
 * Opens the storage that a URL names: `file:./data?ranges=4` is a folder, `https://account.documents.azure.com/name` a
 * database in Azure Cosmos DB, `cosmos-emulator://127.0.0.1:8081` one in an emulator on this machine,
 * `mongodb://host/database?slots=8` one in MongoDB.
 *
 * @throws InvalidConfiguration for an unknown scheme or parameter; EnvironmentMismatch; and what the adapter throws
 */
export async function openStorage(url: string, options: OpenOptions = {}): Promise<Storage> {
  const { setting = 'url', writerKey, seals, environment, ...others } = options
  const { open } = await schemeOf(url, setting)
  const opening = { ...others, setting }
  const openBare = () => openInEnvironment(environment === undefined ? {} : { environment }, () => open(url, opening))
  const openWritten = writerKey === undefined ? openBare : () => openForWriter(writerKey, openBare)
  if (seals === undefined) return openWritten()
  const { openWithSeals } = await import('./chain/opening/open-with-seals.ts')
  return openWithSeals(seals, openWritten, others)
}

async function openForWriter(writerKey: string, open: () => Promise<Storage>): Promise<Storage> {
  const { openSealing } = await import('./chain/opening/open-sealing.ts')
  return openSealing(writerKey, open)
}

/**
 * Starts what a storage needs to run, which is an emulator, if it is not running, so that it belongs to this process,
 * and not to whichever of several processes opens the storage first. It ends when this process does.
 *
 * @param setting the name of the URL in errors
 * @throws InvalidConfiguration, and what prevents an emulator from starting
 */
export async function prepareStorage(url: string, setting: string): Promise<void> {
  const { prepare } = await schemeOf(url, setting)
  await prepare?.(url, setting)
}
