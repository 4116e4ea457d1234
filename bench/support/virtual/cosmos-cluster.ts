import { CosmosClient } from '@azure/cosmos'
import type { StoragePort } from '../../../src/core/port/storage.ts'
import { randomFrom } from '../../../src/core/random.ts'
import { type CosmosStorage, openCosmos } from '../../../src/cosmos.ts'
import { cosmosEmulator } from '../../../src/cosmos-emulator/index.ts'
import { type Processor, type Projection, startProcessor } from '../../../src/index.ts'
import { createRequestMeter, type RequestMeter } from '../cosmos/request-meter.ts'
import { type VirtualTime, virtualTime } from './time.ts'

/** Workers on one account of our emulator, each with a client of its own, in virtual time. */
export type VirtualCluster = AsyncDisposable & {
  readonly time: VirtualTime
  /** Counts what all of them ask. */
  readonly meter: RequestMeter
  readonly storages: readonly CosmosStorage[]
  readonly processors: readonly Processor[]
  /** Bytes of the longest session token that a request carried. */
  readonly longestSession: () => number
}

/** How the workers of a cluster run. */
export type ClusterOptions = {
  /** The most events of a page. */
  readonly pageSize?: number
  /** Makes of its storage what a worker runs on. */
  readonly wrap?: (storage: StoragePort) => StoragePort
  /** Is told what fails; by default it is printed. */
  readonly onError?: (error: unknown) => void
}

/** Starts a cluster. @param ranges the physical partitions of the events */
export async function virtualCluster(
  workers: number,
  ranges: number,
  projections: readonly Projection[],
  { wrap = (storage) => storage, onError = (error) => console.error(error), pageSize = 10_000 }: ClusterOptions = {},
): Promise<VirtualCluster> {
  const time = virtualTime()
  const meter = createRequestMeter()
  const { endpoint, key, httpClient } = cosmosEmulator({
    partitions: (_database, container) => (container === 'events' ? ranges : 1),
  })
  let longest = 0
  const sendRequest = time.awaited((request: Parameters<typeof httpClient.sendRequest>[0]) => {
    for (const [name, value] of request.headers) {
      if (name.toLowerCase() === 'x-ms-session-token') longest = Math.max(longest, value.length)
    }
    return httpClient.sendRequest(request)
  }) as typeof httpClient.sendRequest
  const storages: CosmosStorage[] = []
  const processors: Processor[] = []
  const { clock } = time
  for (let i = 0; i < workers; i++) {
    const options = { endpoint, key, httpClient: { sendRequest }, plugins: [meter.plugin] }
    const client = new CosmosClient(options)
    const storage = await time.during(
      openCosmos(client, { database: 'tidemark', setup: i === 0, clock, timing: clock }),
    )
    storages.push(storage)
  }
  const random = randomFrom(1)
  for (const [i, storage] of storages.entries()) {
    const options = { workerId: `worker-${i}`, clock, random, onError, pageSize }
    processors.push(await time.during(startProcessor(wrap(storage), projections, options)))
  }
  return {
    time,
    meter,
    storages,
    processors,
    longestSession: () => longest,
    async [Symbol.asyncDispose]() {
      for (const processor of processors) await time.during(processor.stop())
      for (const storage of storages) await time.during(storage.close())
    },
  }
}
