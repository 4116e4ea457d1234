import pLimit from 'p-limit'
import { WorkerReplaced } from '../core/errors/lease.ts'
import { StorageClosed, StorageUnavailable } from '../core/errors/storage.ts'
import { containsInterval, sameInterval } from '../core/hash-interval.ts'
import type { Projection } from '../projections/projection.ts'
import { isReaction, type Reaction } from '../reactions/reaction.ts'
import { pauseAfter } from './backoff.ts'
import type { TrackContext } from './context.ts'
import { type FailureReport, PAUSES, reportOf } from './failure.ts'
import { type LeaseTaker, takeLease } from './leases/lease.ts'
import {
  balanceLease,
  createLeaseTable,
  type LeaseEntry,
  type LeaseTable,
  type TableProjection,
} from './leases/lease-table.ts'
import { leasesToTake } from './leases/load-balancing.ts'
import { createWorkerRegistry, versionKey } from './leases/worker-registry.ts'
import { beginReaction } from './reactions/begin-reaction.ts'
import type { ProcessorSettings } from './settings.ts'
import { startTrack, type Track, type TrackNotes } from './track.ts'

/** Acquires leases for this worker, and runs a track for each. */
export type LeaseManager = {
  /** By the id of the lease. */
  readonly tracks: ReadonlyMap<string, Track>
  /** What is known of the leases. */
  readonly table: LeaseTable
  /** From when on others may take this worker's leases: milliseconds since 1970. */
  readonly expiresAt: number
  /** How many feed ranges there were at the last look; 1 before the first. */
  readonly rangeCount: number
  /** Why the leases cannot be looked at or kept, or null when they can. */
  readonly error: FailureReport | null
  /** Whether the storage was closed beneath it, or another process took the worker's id. */
  readonly closed: boolean
  /**
   * Registers the worker and looks at the leases for the first time.
   *
   * @param registered called once others can see that this worker is there, before it takes anything
   * @throws what the storage throws
   */
  begin(registered: () => Promise<void>): Promise<void>
  /** Resolves when all tracks have ended; the signal of the context is what ends them. */
  end(): Promise<void>
}

// Documents of workers that are gone are removed after so many durations.
const FORGET_AFTER = 10

// Milliseconds between a cut and the next look: the database may name the range for a while although it is gone.
const AFTER_CUT = 50

// Leases that are taken at once.
const TAKES = 64

/** Makes the lease manager of a worker. */
export function createLeaseManager(
  context: TrackContext,
  projections: readonly Projection[],
  { leaseDuration, renewInterval, pollInterval }: ProcessorSettings,
): LeaseManager {
  const { storage, clock, random, signal, workerId } = context
  const { leases, incarnation } = storage
  const registry = createWorkerRegistry({
    leases,
    clock,
    workerId,
    duration: leaseDuration,
    projections: projections.map(versionKey),
    incarnation,
  })
  const taker: LeaseTaker = { leases, random, registry, now: clock.now }
  const table = createLeaseTable(
    projections.map((projection) => ({
      name: projection.name,
      version: projection.version,
      // A reaction must not be called again for all events of a range that was cut.
      startsAnywhere: !isReaction(projection),
    })),
    incarnation,
  )
  const byVersion = new Map(projections.map((projection) => [versionKey(projection), projection]))
  const tracks = new Map<string, Track>()
  const taking = new Set<string>()
  const takes = pLimit(TAKES)
  const running = new Set<Promise<void>>()
  let since: string | null = null
  let error: FailureReport | null = null
  let closed = false
  let rangeCount = 1
  let looks = 0
  let cut = new AbortController()
  let ended = new AbortController()

  /** Reads what changed, takes what is to be taken, and lets go of what others have. */
  async function look(): Promise<void> {
    const mine = ++looks
    const [ranges, changes] = await Promise.all([storage.feed.ranges(), readChanges()])
    // A look that was given up because its answer did not come must not act on it later.
    if (signal.aborted || mine !== looks) return
    since = changes.next
    const now = clock.now()
    table.update(changes, ranges, now)
    rangeCount = ranges.length
    // Another process may have taken the worker's id: it is found out before anything is taken back from it.
    if (table.lifeOf(workerId) !== registry.life) await registry.renew()
    error = null
    letGo()
    await Promise.all(toTake(now).map((entry) => takes(() => take(entry))))
    await Promise.all(table.unplaced.map(placeAgain))
    await forgetWorkers(now)
  }

  async function readChanges() {
    if (leases.changes) return leases.changes(since)
    return { documents: await leases.list(), all: true, next: '' }
  }

  function letGo(): void {
    for (const [id, { lease, leave }] of tracks) {
      const entry = table.entry(id)
      if (entry === undefined) leave()
      else if ('etag' in entry.seen && lease.isTakenIn(entry.seen as Parameters<typeof lease.isTakenIn>[0]))
        lease.lose()
    }
  }

  function toTake(now: number): LeaseEntry[] {
    const { entries } = table
    const all = entries.map((entry) => {
      const lease = balanceLease(table, entry, now)
      if (lease.owner !== workerId || tracks.has(entry.id)) return lease
      // It was ours in a life before this one, or was lost on the way: nobody else counts on it.
      return { ...lease, owner: null, freeSince: lease.freeSince ?? entry.seenAt }
    })
    const wanted = new Set(
      leasesToTake({ me: workerId, leases: all, workers: table.workers(now), now, patience: pollInterval }),
    )
    return entries.filter(({ id }) => wanted.has(id) && !tracks.has(id) && !taking.has(id))
  }

  async function take(entry: LeaseEntry): Promise<void> {
    const { projection, range } = entry
    const code = byVersion.get(versionKey(projection)) as Projection
    const notes: TrackNotes = { of: () => ({ state: 'working', error: null }) }
    if (signal.aborted || !registry.isSafe()) return
    taking.add(entry.id)
    try {
      const lease = await takeLease(taker, entry.seen, () => notes.of())
      if (lease === undefined) return
      if (signal.aborted || tracks.has(entry.id)) return await lease.release()
      const known = table.leasesOf(projection.name, projection.version).map((other) => other.range)
      const wider = known.filter((other) => containsInterval(other, range) && !sameInterval(other, range))
      const track = startTrack(context, code, range, lease, wider, notes)
      tracks.set(entry.id, track)
      const over = track.ended.then((why) => {
        running.delete(over)
        if (why === 'closed') closed = true
        // What it ended with stays to be seen.
        else tracks.delete(entry.id)
        ended.abort()
        // Its parts are not to wait for the next look.
        if (why === 'split') cut.abort()
      })
      running.add(over)
    } catch (failure) {
      failed(failure, { projection: projection.name, range })
    } finally {
      taking.delete(entry.id)
    }
  }

  /** Stores the places of a reaction again, where they are lost and not only late. */
  async function placeAgain(which: TableProjection): Promise<void> {
    const reaction = byVersion.get(versionKey(which)) as Reaction
    await beginReaction(context, reaction).catch((failure) => failed(failure, { projection: reaction.name }))
  }

  async function forgetWorkers(now: number): Promise<void> {
    const gone = table.goneSince(now - FORGET_AFTER * leaseDuration)
    await Promise.all(gone.map(({ document, etag }) => leases.remove(document.id, etag)))
  }

  function failed(failure: unknown, where: Parameters<typeof context.onError>[1] = {}): void {
    if (failure instanceof StorageClosed || failure instanceof WorkerReplaced) closed = true
    if (failure instanceof WorkerReplaced) for (const { lease } of tracks.values()) lease.lose()
    context.onError(failure, where)
  }

  function failedToKeep(failure: unknown): void {
    error = reportOf(failure, clock.now())
    failed(failure)
  }

  async function lookOn(): Promise<void> {
    for (let failures = 0; !signal.aborted && !closed; ) {
      // All workers at once would meet at the same leases.
      const interval = isAlone() ? Math.max(pollInterval, renewInterval) : pollInterval
      const pause = interval * (0.8 + 0.2 * random())
      await nap(failures > 0 ? Math.min(pauseAfter(failures, PAUSES, random), pollInterval) : pause)
      if (signal.aborted || closed) return
      try {
        await within(leaseDuration, look, 'The leases were not read')
        failures = 0
      } catch (failure) {
        if (signal.aborted) return
        failures++
        failedToKeep(failure)
      }
    }
  }

  /**
   * Whether there is nothing to take and nobody to give to. A worker that comes takes its share by itself, and whose
   * lease that was learns it at the next save.
   */
  function isAlone(): boolean {
    return (
      table.entries.length > 0 &&
      table.entries.every(({ id }) => tracks.has(id)) &&
      table.workers(clock.now()).every(({ id }) => id === workerId)
    )
  }

  /** Sleeps, but no longer than `pollInterval` once the work on a range has ended, and only a little when it was cut. */
  async function nap(milliseconds: number): Promise<void> {
    const beyond = Math.max(0, milliseconds - pollInterval)
    if (beyond > 0) await clock.sleep(beyond, AbortSignal.any([signal, ended.signal]))
    ended = new AbortController()
    await clock.sleep(milliseconds - beyond, AbortSignal.any([signal, cut.signal]))
    if (!cut.signal.aborted) return
    cut = new AbortController()
    await clock.sleep(Math.min(milliseconds, AFTER_CUT), signal)
  }

  /** Goes on without an answer that takes too long. @throws StorageUnavailable, then */
  async function within(milliseconds: number, work: () => Promise<void>, what: string): Promise<void> {
    const end = new AbortController()
    const late = clock.sleep(milliseconds, AbortSignal.any([signal, end.signal])).then(() => {
      if (end.signal.aborted || signal.aborted) return
      throw new StorageUnavailable(`${what} within ${milliseconds} ms`)
    })
    const working = work()
    // What it began is ended all the same: it may yet take a lease, which is then to be given up.
    const over: Promise<void> = working.catch(() => {}).finally(() => running.delete(over))
    running.add(over)
    try {
      await Promise.race([working, late])
    } finally {
      end.abort()
    }
  }

  /** Renews the worker's own document, which its leases depend on, and stores what other workers are to know. */
  async function renewOn(): Promise<void> {
    for (let failures = 0; !signal.aborted && !closed; ) {
      const pause = renewInterval * (0.9 + 0.1 * random())
      await clock.sleep(failures > 0 ? Math.min(pauseAfter(failures, PAUSES, random), pause) : pause, signal)
      if (signal.aborted || closed) return
      try {
        await within(renewInterval, registry.renew, 'The worker could not tell that it is alive')
        failures = 0
      } catch (failure) {
        if (signal.aborted) return
        failures++
        failedToKeep(failure)
      }
      for (const track of tracks.values()) if (track.isNoteDue) tell(track)
    }
  }

  /** Not waited for but at the end: an answer that does not come must not keep others from being told. */
  function tell({ lease, projection, range }: Track): void {
    const told: Promise<void> = lease
      .save()
      .catch((failure) => failed(failure, { projection: projection.name, range }))
      .finally(() => running.delete(told))
    running.add(told)
  }

  /** Ends leases that could lapse before anything else notices: the storage may not answer at all. */
  async function watchOn(): Promise<void> {
    while (!signal.aborted && !closed) {
      const left = registry.safeUntil - clock.now()
      await clock.sleep(Math.max(1, Math.min(left > 0 ? left : leaseDuration / 2, leaseDuration / 2)), signal)
      for (const { lease } of tracks.values()) lease.check()
    }
  }

  let loops: Promise<unknown> = Promise.resolve()
  return {
    tracks,
    table,
    get expiresAt() {
      return registry.expiresAt
    },
    get rangeCount() {
      return rangeCount
    },
    get error() {
      return error
    },
    get closed() {
      return closed
    },
    async begin(registered) {
      await registry.renew()
      await registered()
      await look()
      loops = Promise.all([lookOn(), renewOn(), watchOn()])
    },
    async end() {
      const isLast = table.workers(clock.now()).every(({ id }) => id === workerId)
      // First, so that nobody counts on this worker for what it gives up.
      await registry.retire().catch((failure) => failed(failure))
      while (running.size > 0) await Promise.all(running)
      await loops
      await registry.leave(isLast).catch((failure) => failed(failure))
    },
  }
}
