import { InvalidPosition, InvalidStreamId } from '../../../core/errors/input.ts'
import type { FeedEvent } from '../../../core/port/change-feed.ts'
import { isErased } from '../../../core/reading/is-erased.ts'
import { isRecent, laterOf, type Run } from '../run.ts'
import { createHashSet, type HashSet } from '../streams/hash-set.ts'
import type { KeyedHash } from '../streams/keyed-hash.ts'
import { loadStream } from './load-stream.ts'

/** What is known of streams that ended: a leaf may lack its event only if its stream has a tombstone. */
export type Erasures = {
  /** A leaf's event is not where it should be. */
  missing(streamId: string, version: number, block: number): Promise<void>
  /**
   * An event's stream has no salt any more, which is only so once its tombstone is sealed, and for as long as the event
   * is not erased.
   */
  unsalted(streamId: string, version: number, block: number): Promise<void>
  /**
   * A tombstone was read.
   *
   * @param isSealed whether it has a leaf
   * @param neverSealed the number of events before it that were erased before they were sealed
   */
  ended(streamId: string, recordedAt: unknown, isSealed: boolean, neverSealed: number): void
  /** Whether an event without a leaf was erased since it was read: then it was erased before its block was sealed. */
  wasErased(event: FeedEvent, block: number): Promise<boolean>
  /** An event of a stream that ended was read, and not compared. It should be erased soon. */
  left(streamId: string): void
  hasEnded(streamId: string): boolean
  /** The hashes of streams whose tombstone was read. */
  readonly tombstones: HashSet
  /** Whether events of a stream were missing, and its tombstone was not read yet. */
  isWaiting(streamId: string): boolean
  /** Once all tombstones were read: reports the streams without one. */
  finish(): void
}

type Waiting = { readonly version: number; readonly block: number; events: number; isLeft: boolean }

// Milliseconds in which the events of a stream that ended are erased.
const ERASING = 3_600_000

/** Memory: 8 to 24 bytes for each tombstone, and an entry for each stream between its erased events and its tombstone. */
export function createErasures(run: Run, hash: KeyedHash): Erasures {
  const { storage, findings, tally, startedAt, grace, by, clock } = run
  const tombstones = createHashSet()
  const waiting = new Map<string, Waiting>()

  async function wait(streamId: string, version: number, block: number, events: number): Promise<boolean> {
    const known = waiting.get(streamId)
    if (known === undefined) {
      if (!(await isDeleted(streamId))) return false
      waiting.set(streamId, { version, block, events, isLeft: false })
    } else {
      known.events += events
    }
    return true
  }

  /** Whether the storage says that a stream was deleted. */
  async function isDeleted(streamId: string): Promise<boolean> {
    return (await loadStream(storage.events, streamId, { limit: 0 })) === 'deleted'
  }

  async function hasVersion(streamId: string, version: number): Promise<boolean> {
    const found = await loadStream(storage.events, streamId, { from: version, to: version })
    return typeof found === 'object' && found.events.length > 0
  }

  return {
    tombstones,
    async missing(streamId, version, block) {
      if (await wait(streamId, version, block, 1)) return
      const place = { streamId, version, block }
      const isElsewhere = by === 'feed' && (await hasVersion(streamId, version))
      if (isElsewhere) findings.add('eventMoved', 'The event is not at the position at which it was sealed', place)
      else findings.add('eventMissing', 'The event was sealed, and is not in the log', place)
    },
    async wasErased({ event, position }, block) {
      const { id: streamId, version } = event.stream
      try {
        if (!(await isErased(storage, { streamId, hash: position.hash }, version))) return false
      } catch (error) {
        // It was never appended.
        if (error instanceof InvalidPosition || error instanceof InvalidStreamId) return false
        throw error
      }
      return wait(streamId, version, block, 0)
    },
    async unsalted(streamId, version, block) {
      if (await wait(streamId, version, block, 1)) return markLeft(streamId)
      findings.add('saltMissing', 'The event cannot be compared, because the salt of its stream is missing', {
        streamId,
        version,
        block,
      })
    },
    ended(streamId, recordedAt, isSealed, neverSealed) {
      tombstones.add(...keyOf(streamId))
      const erased = waiting.get(streamId)
      waiting.delete(streamId)
      const events = (erased?.events ?? 0) + neverSealed
      if (events === 0) return
      tally.erased.streams++
      tally.erased.events += events
      tally.erased.last = laterOf(tally.erased.last, recordedAt)
      if (erased === undefined) return
      const place = { streamId, version: erased.version, block: erased.block }
      if (erased.isLeft && !isSince(recordedAt, Math.max(grace, ERASING))) {
        const message = 'Events of the stream, which ended, were not erased, and cannot be compared: delete it again'
        findings.add('eventExtra', message, place, 'gap')
      }
      if (isSealed || isSince(recordedAt, grace)) return
      const message = 'Events of the stream were erased, and its tombstone is not sealed yet'
      findings.add('tombstoneUnsealed', message, place)
    },
    left: markLeft,
    hasEnded: (streamId) => tombstones.has(...keyOf(streamId)),
    isWaiting: (streamId) => waiting.has(streamId),
    finish() {
      for (const [streamId, { version, block }] of waiting) {
        const message = 'Sealed events of the stream are gone, and it has no tombstone'
        findings.add('deletedWithoutTombstone', message, { streamId, version, block })
      }
      waiting.clear()
    },
  }

  function keyOf(streamId: string): [high: number, low: number] {
    hash.of(streamId)
    return [hash.high, hash.low]
  }

  function isSince(time: unknown, patience: number): boolean {
    return isRecent(time, startedAt - patience, clock.now())
  }

  function markLeft(streamId: string): void {
    const known = waiting.get(streamId)
    if (known !== undefined) known.isLeft = true
  }
}
