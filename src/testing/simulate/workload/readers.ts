import { ViewParked, WaitTimedOut } from '../../../core/errors/view.ts'
import type { StoragePort } from '../../../core/port/storage.ts'
import type { Projection } from '../../../projections/projection.ts'
import type { Views } from '../../../views/views.ts'
import { withViews } from '../../../views/with-views.ts'
import { oneOf } from '../../conformance/support/random.ts'
import { faultyPort } from '../storage/faulty-port.ts'
import { createClock } from '../world/clock.ts'
import type { World } from '../world/world.ts'
import { keysOf, type LogRecord } from './log-record.ts'
import type { Record } from './projections.ts'
import type { Appended } from './writers.ts'

/** Readers that wait for what they appended, and check that the results contain it. */
export type Readers = {
  /** Waits for an append in some view that may or may not be concerned. */
  waitFor(appended: Appended, timeout: number): void
  /** Reads some views, none of which may be older than one that it saw before. */
  look(): void
  /** The same with all views of a projection. */
  lookAtAll(name: string): void
  /** Reads all views of a projection, like any reader. */
  readAll(projection: Projection<Record>): Promise<Map<string, Record | null>>
  /** How many still wait. */
  readonly waiting: number
}

const VIEWS_AT_ONCE = 4

/** Creates the readers: all in one process, without faults; `interpose` is before their storage. */
export function createReaders(
  world: World,
  log: LogRecord,
  random: () => number,
  projections: readonly Projection<Record>[],
  interpose: (port: StoragePort) => StoragePort,
): Readers {
  const actor = { name: 'reader', alive: true, pausedUntil: 0 }
  const line = { actor, faulty: false, unreachable: () => false, crash: () => {} }
  const clock = createClock(world.scheduler, actor)
  const views: Views = withViews(interpose(faultyPort(world, line)), { clock }).views
  let waiting = 0

  async function read({ streamId, version, position }: Appended, timeout: number): Promise<void> {
    const projection = oneOf(random, projections)
    const event = log.streams.get(streamId)?.[version - 1]
    // Now and then a view that the append does not concern.
    const key = oneOf(random, [...(event ? keysOf(projection, event) : []), streamId])
    const what = `waitFor ${projection.name} ${key} at ${streamId}@${version}`
    world.trace.note(`reader: ${what}`)
    const since = world.scheduler.now
    const view = await views.waitFor(projection, key, position, { timeout }).catch((error) => {
      const { name } = projection
      if (!(error instanceof ViewParked)) throw error
      if (world.parkings.parkedSince({ projection: name, key }, since)) return undefined
      throw new Error(`${what}: nothing was parked`, { cause: error })
    })
    if (view === undefined) return
    // Of events that are being erased, it is unknown what was folded; the final checks of the views cover that.
    if (world.db.state.streams.get(streamId)?.deleted) return
    const seen = view?.seen[streamId] ?? []
    if (log.foldedOf(seen, { projection, key }, streamId, version) !== undefined) return
    const few = seen.join(' ') || 'nothing'
    world.fail(`${what} returned something stale, with only ${few} of the stream: ${JSON.stringify(view)}`)
  }

  // By view and stream, how many of its events a returned view had folded.
  const shown = new Map<string, number>()

  async function lookAt(projection: Projection<Record>, key: string): Promise<void> {
    const before = new Map(shown)
    const view = await views.get(projection, key)
    for (const streamId of log.streams.keys()) {
      if (world.db.state.streams.get(streamId)?.deleted) continue
      const place = `${projection.name} ${key} ${streamId}`
      const seen = view?.seen[streamId] ?? []
      const least = before.get(place) ?? 0
      const now = log.foldedOf(seen, { projection, key }, streamId, least)
      if (now !== undefined) {
        shown.set(place, Math.max(now, shown.get(place) ?? 0))
        continue
      }
      world.fail(
        `${projection.name} ${key} regressed, with ${seen.join(' ') || 'nothing'} of ${streamId} after ${least}`,
      )
    }
  }

  const look = (projection: Projection<Record>, key: string): void => {
    lookAt(projection, key).catch((error) =>
      world.fail(`a reader failed with ${error instanceof Error ? error.stack : error}`),
    )
  }

  return {
    look() {
      const projection = oneOf(random, projections)
      const events = [...log.streams.values()].flat()
      if (events.length === 0) return
      for (let left = VIEWS_AT_ONCE; left > 0; left--) {
        const keys = keysOf(projection, oneOf(random, events))
        if (keys.length > 0) look(projection, oneOf(random, keys))
      }
    },
    lookAtAll(name) {
      for (const projection of projections.filter((one) => one.name === name)) {
        for (const key of log.plainFold(projection).keys()) look(projection, key)
      }
    },
    async readAll(projection) {
      const keys = [...log.plainFold(projection).keys()]
      return new Map(await Promise.all(keys.map(async (key) => [key, await views.get(projection, key)] as const)))
    },
    get waiting() {
      return waiting
    },
    waitFor(appended, timeout) {
      waiting++
      read(appended, timeout)
        .catch((error) => {
          if (!(error instanceof WaitTimedOut))
            world.fail(`a reader failed with ${error instanceof Error ? error.stack : error}`)
        })
        .finally(() => {
          waiting--
        })
    },
  }
}
