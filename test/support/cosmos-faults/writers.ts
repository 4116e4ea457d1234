import type { ExpectedVersion } from '../../../src/core/append/expected-version.ts'
import { StreamDeleted, WrongExpectedVersion } from '../../../src/core/errors/append.ts'
import { StorageBusy, StorageUnavailable } from '../../../src/core/errors/storage.ts'
import type { StoragePort } from '../../../src/core/port/storage.ts'
import { below, oneOf } from '../../../src/testing/conformance/support/random.ts'
import type { Appended } from '../../../src/testing/simulate/workload/writers.ts'
import { tell, type World } from './world.ts'

/** What one append came to, as whoever made it knows. */
export type Attempt = {
  /** Stands in the data of each of its events. */
  readonly of: string
  readonly streamId: string
  readonly count: number
  readonly outcome: 'acknowledged' | 'refused' | 'unknown'
  /** Of its last event. */
  readonly version?: number
}

/** Those who append, each with an idea of its own of what there is. */
export type Writers = {
  readonly streams: readonly string[]
  readonly attempts: readonly Attempt[]
  /** Appends to some stream, or to this one; repeats what came to nothing known, as a rule. */
  append(port: StoragePort, known: Map<string, number>, streamId?: string): Promise<Appended | undefined>
}

const KEYS = 8
const REPEATS = 4

/** Makes the writers of some streams. */
export function createWriters(world: World, random: () => number): Writers {
  const streams = Array.from({ length: 2 + below(random, 12) }, (_, i) => `s:${i + 1}`)
  const types = ['Added', 'Added', 'Added', 'Added', 'Cleared', 'Unknown']
  // Some streams get much more than others.
  const some = () => streams[Math.floor(streams.length * random() ** 2)] as string
  const attempts: Attempt[] = []
  let count = 0

  function make(of: string) {
    return Array.from({ length: 1 + below(random, 4) }, (_, index) => ({
      eventType: oneOf(random, types),
      eventData: {
        amount: 1 + below(random, 9),
        keys: Array.from({ length: below(random, 4) }, () => `k${below(random, KEYS)}`),
        poisoned: world.faults.strikes('poison'),
        of,
        index,
      },
      metadata: { eventId: `${of}-${index}` },
    }))
  }

  function expected(version: number | undefined): ExpectedVersion {
    const draw = random()
    if (draw < 0.5) return 'any'
    if (draw < 0.65) return 'streamExists'
    return version === undefined ? oneOf(random, ['noStream', 0]) : version
  }

  return {
    streams,
    attempts,
    async append({ events: log }, known, streamId = some()) {
      const of = `a${++count}`
      const events = make(of)
      const expectedVersion = expected(known.get(streamId))
      const note = (outcome: Attempt['outcome'], version?: number) =>
        attempts.push({ of, streamId, count: events.length, outcome, ...(version !== undefined && { version }) })
      for (let repeats = 0; ; repeats++) {
        try {
          const { version, position } = await log.append(streamId, events, { expectedVersion })
          known.set(streamId, version)
          note('acknowledged', version)
          return { streamId, version, position }
        } catch (error) {
          if (error instanceof WrongExpectedVersion) {
            known.set(streamId, error.actual)
            note('refused')
            return undefined
          }
          // The answer to an append that took place may have been lost before the stream ended.
          if (error instanceof StreamDeleted) {
            note('unknown')
            return undefined
          }
          const isKnown = error instanceof StorageBusy || error instanceof StorageUnavailable
          if (!isKnown || 'status' in error) world.fail(`the writer of ${of} met ${tell(error)}`)
          if (!isKnown || repeats === REPEATS || random() < 0.2) {
            note('unknown')
            return undefined
          }
        }
      }
    },
  }
}
