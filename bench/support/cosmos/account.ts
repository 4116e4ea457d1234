import { randomUUID } from 'node:crypto'
import { CosmosClient } from '@azure/cosmos'
import { type CosmosOptions, type CosmosStorage, openCosmos } from '../../../src/cosmos.ts'
import { cosmosEmulator } from '../../../src/cosmos-emulator/index.ts'
import { liveAccount } from './live.ts'
import { createRequestMeter, type RequestMeter } from './request-meter.ts'

/** An account to measure on, and what was asked of it. */
export type BenchAccount = AsyncDisposable & {
  readonly meter: RequestMeter
  /** Opens the account's one database, which is set up the first time. */
  open(options?: Partial<CosmosOptions>): Promise<CosmosStorage>
}

/**
 * Our emulator, in this process; or, where `COSMOS_ENDPOINT` and `COSMOS_KEY` are set, that account. Its database is one
 * of our own, which is removed at the end.
 *
 * @param partitions how many physical partitions the events have in our emulator; an account has its own idea of that
 */
export function benchAccount({ partitions = 1 }: { readonly partitions?: number } = {}): BenchAccount {
  const meter = createRequestMeter()
  const options = { ...connection(partitions), plugins: [meter.plugin] }
  const client = new CosmosClient(options)
  const database = `tidemark-bench-${randomUUID()}`
  const opened: CosmosStorage[] = []
  let isMade = false
  return {
    meter,
    async open(more) {
      const setup = !isMade
      isMade = true
      const storage = await openCosmos(client, { setup, ...more, database })
      opened.push(storage)
      return storage
    },
    async [Symbol.asyncDispose]() {
      for (const storage of opened) await storage.close()
      if (isMade) await removeDatabase(client, database)
      client.dispose()
    },
  }
}

/** Removes a database, which may not have been made after all. */
export async function removeDatabase(client: CosmosClient, id: string): Promise<void> {
  try {
    await client.database(id).delete()
  } catch (error) {
    if ((error as { readonly code?: unknown }).code !== 404) throw error
  }
}

function connection(partitions: number) {
  if (liveAccount !== undefined) return liveAccount
  const of = (_database: string, container: string) => (container === 'events' ? partitions : 1)
  const { endpoint, key, httpClient } = cosmosEmulator({ partitions: of })
  return { endpoint, key, httpClient }
}
