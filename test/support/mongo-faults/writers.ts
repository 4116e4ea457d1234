import { setTimeout as sleep } from 'node:timers/promises'
import type { ExpectedVersion } from '../../../src/core/append/expected-version.ts'
import { WrongExpectedVersion } from '../../../src/core/errors/append.ts'
import { StorageBusy, StorageUnavailable } from '../../../src/core/errors/storage.ts'
import { below, oneOf } from '../../../src/testing/conformance/support/random.ts'
import type { Attempt } from '../cosmos-faults/writers.ts'
import type { Process } from './process.ts'
import { tell, type World } from './world.ts'

/** Those who append, and read what they appended to. */
export type Writers = {
  readonly attempts: readonly Attempt[]
  /** Which append each event was of that somebody read, by its id. */
  readonly read: ReadonlyMap<string, unknown>
  /** Appends by a process, so many at once, until it is killed or all is over. */
  write(process: Process, appenders: number): Promise<void>
}

const STREAMS = 14
const REPEATS = 4

/** Makes the writers. */
export function createWriters(world: World): Writers {
  const { random } = world
  const attempts: Attempt[] = []
  const read = new Map<string, unknown>()
  let count = 0
  // Some streams get much more than others.
  const some = () => `s:${Math.floor(STREAMS * random() ** 2) + 1}`

  function make(of: string) {
    const size = 1 + below(random, 4)
    return Array.from({ length: size }, (_, index) => ({
      eventType: 'Counted',
      eventData: { amount: below(random, 10), of, index, count: size },
      metadata: { eventId: `${of}-${index}` },
    }))
  }

  function expected(version: number | undefined): ExpectedVersion {
    if (random() < 0.5) return 'any'
    return version === undefined ? oneOf(random, ['noStream', 0]) : version
  }

  // What nobody answers is asked for again with the same event ids, as a rule: some give up.
  async function append({ clock, port }: Process, known: Map<string, number>): Promise<void> {
    const [of, streamId] = [`a${++count}`, some()]
    const events = make(of)
    const expectedVersion = expected(known.get(streamId))
    const note = (outcome: Attempt['outcome'], version?: number) =>
      attempts.push({ of, streamId, count: events.length, outcome, ...(version !== undefined && { version }) })
    for (let repeats = 0; ; repeats++) {
      try {
        const { version } = await port.events.append(streamId, events, { expectedVersion })
        known.set(streamId, version)
        return void note('acknowledged', version)
      } catch (error) {
        if (error instanceof WrongExpectedVersion) {
          known.set(streamId, error.actual)
          return void note('refused')
        }
        const isKnown = error instanceof StorageBusy || error instanceof StorageUnavailable
        if (!isKnown) world.fail(`the writer of ${of} met ${tell(error)}`)
        if (!isKnown || clock.isDead || repeats === REPEATS || random() < 0.2) return void note('unknown')
      }
    }
  }

  async function load({ port }: Process, known: Map<string, number>): Promise<void> {
    const streamId = some()
    const atLeast = known.get(streamId) ?? 0
    try {
      const { events, version } = await port.events.load(streamId)
      for (const { id, eventData } of events) read.set(id, eventData.of)
      if (version < atLeast) world.fail(`${streamId} was at ${atLeast}, and is read up to ${version}`)
    } catch (error) {
      if (!(error instanceof StorageUnavailable)) world.fail(`a reader of ${streamId} met ${tell(error)}`)
    }
  }

  return {
    attempts,
    read,
    async write(process, appenders) {
      const known = new Map<string, number>()
      const lane = async () => {
        while (!world.isOver && !process.clock.isDead) {
          await append(process, known)
          if (random() < 0.2) await load(process, known)
          await sleep(below(random, 40))
        }
      }
      await Promise.all(Array.from({ length: appenders }, lane))
    },
  }
}
