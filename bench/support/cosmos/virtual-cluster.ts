import { CosmosClient } from '@azure/cosmos'
import { cosmosEmulator } from '../../../src/cosmos-emulator/index.ts'
import { type Processor, type Projection, startProcessor } from '../../../src/index.ts'
import { type CosmosStorage, openCosmos } from '../../../src/open/cosmos.ts'
import { seeded, type VirtualTime, virtualTime } from '../virtual-time.ts'
import { createRequestMeter, type RequestMeter } from './request-meter.ts'

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

/** Starts a cluster. @param ranges the physical partitions of the events */
export async function virtualCluster(
  workers: number,
  ranges: number,
  projections: readonly Projection[],
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
  const random = seeded(1)
  const onError = (error: unknown) => console.error(error)
  for (const [i, storage] of storages.entries()) {
    processors.push(
      await time.during(startProcessor(storage, projections, { workerId: `worker-${i}`, clock, random, onError })),
    )
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
