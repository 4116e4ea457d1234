import { randomUUID } from 'node:crypto'
import { CosmosClient } from '@azure/cosmos'
import { cosmosEmulator } from '../../../src/cosmos-emulator/index.ts'
import { type CosmosOptions, type CosmosStorage, openCosmos } from '../../../src/open/cosmos.ts'
import { createRequestMeter, type RequestMeter } from './request-meter.ts'

/** The account of the environment, where there is one. */
export const { COSMOS_ENDPOINT, COSMOS_KEY = '' } = process.env

/** Whether the figures come from an account, live or of Microsoft's emulator, instead of our emulator. */
export const isLive = COSMOS_ENDPOINT !== undefined

/** Stands below figures in request units. */
export const chargedBy = isLive
  ? 'as the account charges it'
  : 'as our emulator charges it, by the rules that the service publishes: near, and no bill'

/** An account to measure on, and what was asked of it. */
export type BenchAccount = AsyncDisposable & {
  readonly client: CosmosClient
  readonly database: string
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
  return {
    client,
    database,
    meter,
    async open(more) {
      const storage = await openCosmos(client, { setup: opened.length === 0, ...more, database })
      opened.push(storage)
      return storage
    },
    async [Symbol.asyncDispose]() {
      for (const storage of opened) await storage.close()
      if (opened.length > 0) await client.database(database).delete()
      client.dispose()
    },
  }
}

function connection(partitions: number) {
  if (COSMOS_ENDPOINT !== undefined) return { endpoint: COSMOS_ENDPOINT, key: COSMOS_KEY }
  const of = (_database: string, container: string) => (container === 'events' ? partitions : 1)
  const { endpoint, key, httpClient } = cosmosEmulator({ partitions: of })
  return { endpoint, key, httpClient }
}
