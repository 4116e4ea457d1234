import { type CosmosClient, setAuthorizationTokenHeaderUsingMasterKey, type TokenProvider } from '@azure/cosmos'
import { type CosmosOptions, type CosmosPort, openCosmosPort } from './adapters/cosmos/index.ts'
import { type EnvironmentOptions, openInEnvironment } from './core/environment.ts'
import { type Storage, withViews } from './views/with-views.ts'

/** An opened database in Azure Cosmos DB, with its views. */
export type CosmosStorage = Storage & CosmosPort

export {
  type AppendMode,
  type CosmosOptions,
  type CosmosSetupOptions,
  type RequestCharge,
  setUpCosmos,
  type Throughput,
} from './adapters/cosmos/index.ts'

/**
 * Opens a storage in a database of Azure Cosmos DB. The client remains the caller's: dispose of it after the storage is
 * closed.
 *
 * @throws EnvironmentMismatch, and as `openCosmosPort` does
 */
export async function openCosmos(
  client: CosmosClient,
  options: CosmosOptions & EnvironmentOptions,
): Promise<CosmosStorage> {
  const { clock } = options
  const port = await openInEnvironment(options, () => openCosmosPort(client, options))
  return withViews(port, clock ? { clock } : {})
}

/**
 * Signs each request with the current key, so that a key can be rotated while the client is in use: `new CosmosClient({
 * endpoint, tokenProvider: signedBy(() => currentKey()) })`.
 *
 * @param key returns the account's key in base64; it is called for each request, so it should cache the key
 */
export function signedBy(key: () => string | Promise<string>): TokenProvider {
  return async ({ verb, resourceId, resourceType, headers }) => {
    const signed: Record<string, string> = {}
    await setAuthorizationTokenHeaderUsingMasterKey(verb, resourceId, resourceType, signed, await key())
    // The signature includes the date.
    headers['x-ms-date'] = signed['x-ms-date'] as string
    // The SDK encodes it again.
    return decodeURIComponent(signed.authorization as string)
  }
}
