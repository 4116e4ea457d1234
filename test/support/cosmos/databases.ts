import { randomUUID } from 'node:crypto'
import { CosmosClient, type CosmosClientOptions } from '@azure/cosmos'
import { DefaultAzureCredential } from '@azure/identity'
import { type CosmosOptions, openCosmosPort } from '../../../src/adapters/cosmos/index.ts'
import { hashOf } from '../../../src/adapters/cosmos/partitions/hash.ts'
import type { StoragePort } from '../../../src/core/port/storage.ts'
import { containsHash } from '../../../src/core/positions/hash-interval.ts'
import { encodePosition } from '../../../src/core/positions/position-token.ts'
import { cosmosEmulator, type EmulatorOptions, type InProcessEmulator } from '../../../src/cosmos-emulator/index.ts'
import type { ConformanceAdapter } from '../../../src/testing/conformance/index.ts'

const { COSMOS_ENDPOINT, COSMOS_KEY, COSMOS_PARTITIONS = '1' } = process.env

/** Whether tests run against an account, live or of Microsoft's emulator, instead of ours. */
export const isLive = COSMOS_ENDPOINT !== undefined

/** With how many physical partitions the suite is run. An account has several only at a price. */
export const partitionCounts: readonly number[] = isLive ? COSMOS_PARTITIONS.split(',').map(Number) : [1, 4]

/** What the tests run on, in one line. */
export const runsOn = isLive
  ? `Azure Cosmos DB: LIVE, ${COSMOS_ENDPOINT}, physical partitions: ${partitionCounts} (COSMOS_PARTITIONS=1,4)`
  : 'Azure Cosmos DB: OUR EMULATOR, in this process. COSMOS_ENDPOINT and COSMOS_KEY run the same on a live account'

// What a new container gets for each physical partition, in request units a second.
const UNITS_OF_PARTITION = 6000

/** Databases to be opened by the suite, each made for one case and removed after it. */
export function cosmosDatabases(
  partitions: number,
  options: Omit<CosmosOptions, 'database'>,
  emulated: EmulatorOptions = {},
): ConformanceAdapter {
  const { client, emulator } = accountFor(partitions, emulated)
  const names = new Map<object, string>()
  const open = async (database: string, more: Partial<CosmosOptions>) => {
    const port = await openCosmosPort(client, { ...options, ...more, database })
    names.set(port, database)
    return port
  }
  // Our emulator makes the partitions that it is told to; an account makes what the throughput needs.
  const setup = isLive && partitions > 1 ? { eventsThroughput: partitions * UNITS_OF_PARTITION } : true
  return {
    ranges: partitions,
    open: (more) => open(`tidemark-test-${randomUUID()}`, { ...more, setup }),
    reopen: (port: StoragePort, more = {}) => open(names.get(port) as string, more),
    ...(emulator && {
      loseTail: (port, streamId, from) => loseTail(emulator, names.get(port) as string, port, streamId, from),
    }),
    async cleanUp() {
      for (const name of new Set(names.values())) await client.database(name).delete()
      client.dispose()
    },
  }
}

/** What a client of the account in the environment is made with. @throws where there is none */
export function credentialsOf(): CosmosClientOptions {
  if (COSMOS_ENDPOINT === undefined) throw new Error('COSMOS_ENDPOINT is not set.')
  const credentials = COSMOS_KEY ? { key: COSMOS_KEY } : { aadCredentials: new DefaultAzureCredential() }
  return { endpoint: COSMOS_ENDPOINT, ...credentials }
}

function accountFor(partitions: number, emulated: EmulatorOptions) {
  if (isLive) return { client: new CosmosClient(credentialsOf()), emulator: undefined }
  const emulator = cosmosEmulator({ partitions, ...emulated })
  const { endpoint, key, httpClient } = emulator
  return { client: new CosmosClient({ endpoint, key, httpClient }), emulator }
}

/** Loses the end of a stream, and all that its physical partition committed since: no account can be asked for that. */
async function loseTail(
  emulator: InProcessEmulator,
  database: string,
  port: StoragePort,
  streamId: string,
  from: number,
): Promise<void> {
  const hash = hashOf(streamId)
  const mark = encodePosition({ incarnation: port.incarnation, marks: [{ streamId, version: from, hash }] })
  const [located] = await port.events.locate(mark)
  if (typeof located?.at !== 'object') throw new RangeError(`${streamId}:${from} is not in the feed`)
  const partition = emulator.partitions(database, 'events').find((one) => containsHash(one, hash))
  emulator.lose(database, 'events', partition?.id ?? '', located.at.lsn - 1)
}
