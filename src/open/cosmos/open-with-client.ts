import type { CosmosClient } from '@azure/cosmos'
import { StorageAccessDenied, StorageNotSetUp, StorageUnavailable } from '../../core/errors/storage.ts'
import { type CosmosOptions, openCosmos } from '../../cosmos.ts'
import type { Storage } from '../../views/with-views.ts'
import type { OpenOptions } from '../opener.ts'
import type { CosmosAddress } from './parse-url.ts'

/** How requests identify their sender in the account's diagnostics. */
export const USER_AGENT = 'tidemark'

/** Opens a database through a client that is closed with it, and sets it up if necessary, unless it must exist. */
export async function openWithClient(
  client: CosmosClient,
  { endpoint, database, append }: CosmosAddress,
  { clock, telemetry, pollInterval, acceptDivergedLog, mustExist = false }: OpenOptions,
): Promise<Storage> {
  const chosen = {
    ...(append && { append }),
    ...(clock && { clock }),
    ...(telemetry && { telemetry }),
    ...(pollInterval !== undefined && { pollInterval }),
    ...(acceptDivergedLog && { acceptDivergedLog }),
  }
  try {
    const storage = await openOrSetUp(client, { database, ...chosen }, mustExist)
    const close = async () => {
      await storage.close()
      client.dispose()
    }
    return { ...storage, close, [Symbol.asyncDispose]: close }
  } catch (error) {
    client.dispose()
    if (!(error instanceof StorageUnavailable)) throw error
    const { code } = (error.cause ?? {}) as { readonly code?: unknown }
    const why = typeof code === 'string' ? ` (${code})` : ''
    throw new StorageUnavailable(`${error.message}: ${endpoint}${why}`, { cause: error })
  }
}

// Opened first, because roles of Entra ID may use a storage, but not set it up, even if nothing is left to do.
async function openOrSetUp(client: CosmosClient, options: CosmosOptions, mustExist: boolean): Promise<Storage> {
  try {
    return await openCosmos(client, options)
  } catch (error) {
    if (!(error instanceof StorageNotSetUp)) throw error
    if (mustExist)
      throw new StorageNotSetUp(`${error.message}; run tidemark setup to create what is missing`, { cause: error })
  }
  try {
    return await openCosmos(client, { ...options, setup: true })
  } catch (error) {
    if (!(error instanceof StorageAccessDenied)) throw error
    const why = 'The database is not set up, and these credentials may not do that: run tidemark setup with COSMOS_KEY'
    throw new StorageAccessDenied(why, { cause: error })
  }
}
