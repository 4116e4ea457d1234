import { setTimeout as sleep } from 'node:timers/promises'
import { WrongExpectedVersion } from '../../src/core/errors/append.ts'
import { StorageBusy, StorageUnavailable } from '../../src/core/errors/storage.ts'
import type { StoragePort } from '../../src/core/port/storage.ts'
import type { Acknowledged } from './crash/killed-writer.ts'

/** Appends and reads that go on until they are stopped. */
export type Load = {
  /** Ends what was begun; answers all appends that were acknowledged, which are all that took place. */
  stop(): Promise<readonly Acknowledged[]>
  readonly acknowledged: readonly Acknowledged[]
  /** How often an append or a read was given up by the storage, and made again. */
  readonly givenUp: number
}

/** How much is done. */
export type LoadOptions = {
  /** The load's own, so that several can write into one storage. */
  readonly name: string
  readonly appenders: number
  readonly streams: number
  /** Milliseconds that an appender rests after each append; default 0. */
  readonly pause?: number
}

/**
 * Appends to streams at random, 1 to 4 events each, with and without an expected version. What the storage gives up is
 * made again with the same event ids until it is known what became of it, so what is acknowledged must be in the log
 * once, and nothing else. Meanwhile a reader looks at streams. Folds `Counted` as `test/support/projecting` does.
 */
export function startLoad(storage: StoragePort, { name, appenders, streams, pause = 0 }: LoadOptions): Load {
  const acknowledged: Acknowledged[] = []
  const versions = new Map<string, number>()
  let [appends, givenUp, going] = [0, 0, true]

  const patiently = async <T>(work: () => Promise<T>): Promise<T> => {
    for (;;) {
      try {
        return await work()
      } catch (error) {
        if (!(error instanceof StorageUnavailable || error instanceof StorageBusy)) throw error
        givenUp++
        await sleep(20)
      }
    }
  }
  const append = async () => {
    const number = appends++
    const streamId = `load:${Math.floor(Math.random() * streams)}`
    const count = 1 + (number % 4)
    const of = `${name}-${number}`
    const events = Array.from({ length: count }, (_, index) => ({
      eventType: 'Counted',
      eventData: { amount: 1, of, index, count },
      metadata: { eventId: `${of}-${index}` },
    }))
    const expectedVersion = number % 2 === 0 ? 'any' : (versions.get(streamId) ?? 0)
    try {
      const { version } = await patiently(() => storage.events.append(streamId, events, { expectedVersion }))
      versions.set(streamId, version)
      acknowledged.push({ streamId, version, count, of })
    } catch (error) {
      if (!(error instanceof WrongExpectedVersion)) throw error
      versions.set(streamId, error.actual)
    }
  }
  const read = async () => {
    const streamId = `load:${Math.floor(Math.random() * streams)}`
    const atLeast = versions.get(streamId) ?? 0
    const { events, version } = await patiently(() => storage.events.load(streamId))
    const isWhole = events.length === version && events.every(({ stream }, i) => stream.version === i + 1)
    if (!isWhole || version < atLeast)
      throw new Error(`${streamId} reads as ${events.length} of ${version}, ${atLeast}`)
  }
  const repeatedly = async (work: () => Promise<void>, rest: number) => {
    while (going) {
      await work()
      if (rest > 0) await sleep(rest)
    }
  }
  const work = Promise.all([
    ...Array.from({ length: appenders }, () => repeatedly(append, pause)),
    repeatedly(read, 10),
  ])
  // What fails is told by stop().
  work.catch(() => {
    going = false
  })
  return {
    acknowledged,
    get givenUp() {
      return givenUp
    },
    async stop() {
      going = false
      await work
      return acknowledged
    },
  }
}
