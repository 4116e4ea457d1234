import type { CosmosClient } from '@azure/cosmos'
import { type CosmosOptions, type CosmosPort, openCosmosPort } from './adapters/cosmos/index.ts'
import { type Storage, withViews } from './views/with-views.ts'

/** An opened database in Azure Cosmos DB, with its views. */
export type CosmosStorage = Storage & CosmosPort

export { signedBy } from './adapters/cosmos/client/signed-by.ts'
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
 * @throws as `openCosmosPort` does
 */
export async function openCosmos(client: CosmosClient, options: CosmosOptions): Promise<CosmosStorage> {
  const { clock } = options
  return withViews(await openCosmosPort(client, options), clock ? { clock } : {})
}
