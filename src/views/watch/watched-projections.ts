import type { Clock } from '../../core/clock.ts'
import { KeysUnavailable } from '../../core/errors/privacy.ts'
import { StorageBusy, StorageUnavailable } from '../../core/errors/storage.ts'
import type { StoragePort } from '../../core/port/storage.ts'
import { assertIncarnation } from '../../core/positions/log-identity.ts'
import { readActive } from '../active-version.ts'
import { batchedViews } from '../batched-views.ts'
import { documentKeys, placeIn, type ViewPlace } from '../parts.ts'
import type { ProjectionRef } from '../projection-ref.ts'
import { readView } from '../read-sealed.ts'
import type { HandoverGate } from '../switch-gate.ts'
import { readVersionRecord } from '../version-record.ts'
import type { WatchedTopic } from './watched-view.ts'

/**
 * Milliseconds after which views are read although no lease has moved: replaying parked events moves none.
 */
const FULL_ROUND = 10_000

const TEMPORARY = [StorageBusy, StorageUnavailable, KeysUnavailable]

/** The watched views of one projection. */
type Watched = {
  readonly projection: ProjectionRef
  readonly topics: Map<string, WatchedTopic>
  place: ViewPlace
  /** The leases as of the last full round. */
  seen: string | undefined
  readAt: number
}

/** The outcome of a round. */
export type Round = {
  /** Whether the storage failed, so that the next round should be delayed. */
  readonly failed: boolean
  /** The longest time to wait for a change before the next round, in milliseconds. */
  readonly wait: number
}

/** Creates the set of views that are watched in one storage. */
export function createWatchedProjections(port: StoragePort, clock: Clock, gate: HandoverGate) {
  const all = new Map<ProjectionRef, Watched>()
  const views = batchedViews(port.viewStore)

  /**
   * Reads the views of a projection if they may have changed, which is when one of its leases has moved. The views of
   * a page are saved before the lease, so a change that this round misses is found by the round after the lease has
   * moved. If no lease has moved, the cost does not depend on the number of watched views.
   */
  async function readChanged(watched: Watched, signal: AbortSignal): Promise<Round> {
    const { projection, topics } = watched
    try {
      const state = await stateOf(watched)
      const due = Math.abs(clock.now() - watched.readAt) >= FULL_ROUND
      const isSame = state === watched.seen && !due
      const unread = [...topics].filter(([, { current }]) => !isSame || current === undefined)
      const outcomes = await Promise.all(unread.map(([key, topic]) => refresh(watched, key, topic, signal)))
      if (outcomes.includes('failed')) return { failed: true, wait: 0 }
      if (isSame) return { failed: false, wait: Math.max(0, watched.readAt + FULL_ROUND - clock.now()) }
      watched.seen = state
      watched.readAt = clock.now()
      return { failed: false, wait: Number.POSITIVE_INFINITY }
    } catch (error) {
      for (const [key, topic] of topics) fail(projection, key, topic, error)
      return { failed: true, wait: 0 }
    }
  }

  /** The leases of the active version, as text that changes whenever one of them moves. */
  async function stateOf({ projection }: Watched): Promise<string> {
    const recorded = await readVersionRecord(views, projection.name)
    const { version } = placeIn(recorded?.document, projection)
    const leases = await port.leases.list({ projection: projection.name, version })
    const etags = leases.map(({ document, etag }) => `${document.id} ${etag}`).sort()
    return etags.join('\n')
  }

  async function refresh(watched: Watched, key: string, topic: WatchedTopic, signal: AbortSignal) {
    const { projection } = watched
    try {
      const { value, place } = await readActive(views, gate, projection, watched.place, (from) =>
        Promise.all(
          documentKeys(key, from).map((one) =>
            views.get({ projection: projection.name, version: from.version, key: one }),
          ),
        ),
      )
      if (signal.aborted) return 'read'
      watched.place = place
      for (const one of value) if (one) assertIncarnation(one.document, port.incarnation)
      topic.show(await readView(projection, place, value, port.vault))
      return 'read'
    } catch (error) {
      return fail(projection, key, topic, error)
    }
  }

  /** Ends a topic that has never been read, or whose error is permanent. Others survive a temporary failure of the storage. */
  function fail(projection: ProjectionRef, key: string, topic: WatchedTopic, error: unknown) {
    const mayPass = TEMPORARY.some((kind) => error instanceof kind)
    if (mayPass && topic.current !== undefined) return 'failed'
    remove(projection, key, topic)
    topic.fail(error)
    return 'ended'
  }

  function remove(projection: ProjectionRef, key: string, topic: WatchedTopic): void {
    const watched = all.get(projection)
    if (watched?.topics.get(key) !== topic) return
    watched.topics.delete(key)
    if (watched.topics.size === 0) all.delete(projection)
  }

  return {
    /** How many projections are watched. */
    get size() {
      return all.size
    },
    find: (projection: ProjectionRef, key: string) => all.get(projection)?.topics.get(key),
    add(projection: ProjectionRef, key: string, topic: WatchedTopic): WatchedTopic {
      const place = { version: projection.version }
      const watched = all.get(projection) ?? { projection, topics: new Map(), place, seen: undefined, readAt: 0 }
      all.set(projection, watched)
      watched.topics.set(key, topic)
      return topic
    },
    remove,
    /** Reads everything that may have changed. It never throws. */
    async round(signal: AbortSignal): Promise<Round> {
      const rounds = await Promise.all([...all.values()].map((watched) => readChanged(watched, signal)))
      return { failed: rounds.some(({ failed }) => failed), wait: Math.min(...rounds.map(({ wait }) => wait)) }
    },
  }
}
