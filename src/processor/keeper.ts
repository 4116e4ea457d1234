import { StorageClosed } from '../core/errors/storage.ts'
import type { Projection } from '../projections/projection.ts'
import { pauseAfter } from './backoff.ts'
import { isAlive, leasesToTake } from './balance.ts'
import { type Board, type BoardEntry, balanceLease, createBoard } from './board.ts'
import type { TrackContext } from './context.ts'
import { type FailureReport, PAUSES, reportOf } from './failure.ts'
import { type LeaseTaker, takeLease } from './lease.ts'
import { createMembership, versionKey } from './membership.ts'
import type { ProcessorSettings } from './settings.ts'
import { startTrack, type Track, type TrackNotes } from './track.ts'

/** Keeps a worker's leases, and a track running for each. */
export type Keeper = {
  /** By the id of the lease. */
  readonly tracks: ReadonlyMap<string, Track>
  /** What was seen of the leases last. */
  readonly board: Board | undefined
  /** Why the leases cannot be looked at, or null when they can. */
  readonly error: FailureReport | null
  /** Whether the storage was closed beneath it. */
  readonly closed: boolean
  /** Looks at the leases for the first time. @throws what the storage throws */
  begin(): Promise<void>
  /** Resolves when all tracks have ended; the signal of the context is what ends them. */
  end(): Promise<void>
}

// Documents of workers that are gone are cleared away after so many durations.
const FORGET_AFTER = 10

// Milliseconds between a cut and the next look: the database may name the range for a while although it is gone.
const AFTER_CUT = 50

/** Makes the keeper of a worker's leases. */
export function createKeeper(
  context: TrackContext,
  projections: readonly Projection[],
  { leaseDuration, renewInterval, pollInterval }: ProcessorSettings,
): Keeper {
  const { storage, clock, random, signal, workerId } = context
  const taker: LeaseTaker = { leases: storage.leases, clock, random, workerId, duration: leaseDuration }
  const membership = createMembership(taker, projections.map(versionKey), storage.incarnation)
  const post = createBoard(projections, storage.incarnation)
  const byVersion = new Map(projections.map((projection) => [versionKey(projection), projection]))
  const tracks = new Map<string, Track>()
  const running = new Set<Promise<void>>()
  let board: Board | undefined
  let error: FailureReport | null = null
  let closed = false
  let looks = 0
  let cut = new AbortController()
  let ended = new AbortController()

  /** Looks at all leases, takes what is to be taken, and lets go of what others have. */
  async function look(): Promise<void> {
    const mine = ++looks
    // By when the next look comes, it may be due.
    await membership.renew(renewInterval * 0.75)
    const [ranges, stored] = await Promise.all([storage.feed.ranges(), storage.leases.list()])
    // A look that was given up because its answer did not come must not act on it later.
    if (signal.aborted || mine !== looks) return
    board = post(ranges, stored, clock.now())
    error = null
    letGo(board)
    const wanted = new Set(toTake(board))
    await Promise.all(board.entries.filter(({ id }) => wanted.has(id)).map(take))
    await forgetWorkers(board)
  }

  function letGo({ entries }: Board): void {
    const byId = new Map(entries.map((entry) => [entry.id, entry]))
    for (const [id, { lease, leave }] of tracks) {
      const entry = byId.get(id)
      if (entry === undefined) leave()
      else if (entry.document.owner !== workerId && entry.document.expiresAt > lease.expiresAt) lease.lose()
    }
  }

  function toTake({ entries, workers, at }: Board): string[] {
    const leases = entries.map((entry) => {
      const lease = balanceLease(entry)
      if (lease.owner !== workerId || tracks.has(entry.id)) return lease
      // It was ours in a life before this one, or was lost on the way: nobody else counts on it.
      return { ...lease, owner: null }
    })
    const take = leasesToTake({ me: workerId, leases, workers, now: at, patience: pollInterval })
    return take.filter((id) => !tracks.has(id))
  }

  async function take(entry: BoardEntry): Promise<void> {
    const { projection, range } = entry
    const code = byVersion.get(versionKey(projection)) as Projection
    const notes: TrackNotes = { of: () => ({ state: 'working', error: null }) }
    try {
      const lease = await takeLease(taker, entry.seen, () => notes.of())
      if (lease === undefined) return
      if (signal.aborted || tracks.has(entry.id)) return await lease.release()
      const track = startTrack(context, code, range, lease, notes)
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
    }
  }

  async function forgetWorkers({ workers, at }: Board): Promise<void> {
    const gone = workers.filter(({ expiresAt, seenAt, duration }) => {
      return at > Math.max(expiresAt, seenAt) + FORGET_AFTER * duration
    })
    await Promise.all(gone.map(({ stored }) => storage.leases.remove(stored.document.id, stored.etag)))
  }

  function failed(failure: unknown, where: Parameters<typeof context.onError>[1] = {}): void {
    if (failure instanceof StorageClosed) closed = true
    context.onError(failure, where)
  }

  async function lookOn(): Promise<void> {
    for (let failures = 0; !signal.aborted && !closed; ) {
      // All workers at once would meet at the same leases.
      const interval = isAlone() ? Math.max(pollInterval, renewInterval) : pollInterval
      const pause = interval * (0.8 + 0.2 * random())
      await nap(failures > 0 ? Math.min(pauseAfter(failures, PAUSES, random), pollInterval) : pause)
      if (signal.aborted) return
      try {
        await within(leaseDuration, look)
        failures = 0
      } catch (failure) {
        if (signal.aborted) return
        failures++
        error = reportOf(failure, clock.now())
        failed(failure)
      }
    }
  }

  /**
   * Whether there is nothing to take and nobody to give to. A worker that comes takes its share by itself, and whose
   * lease that was learns it at the next save.
   */
  function isAlone(): boolean {
    if (board === undefined) return false
    const { entries, workers, at } = board
    return entries.every(({ id }) => tracks.has(id)) && workers.every((one) => one.id === workerId || !isAlive(one, at))
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

  /** Goes on without an answer that takes too long. */
  async function within(milliseconds: number, work: () => Promise<void>): Promise<void> {
    const end = new AbortController()
    const late = clock.sleep(milliseconds, AbortSignal.any([signal, end.signal]))
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

  /** Renews each lease when it was not saved for so long, and along with it those that soon would be due. */
  async function renewOn(): Promise<void> {
    const soon = renewInterval / 4
    while (!signal.aborted && !closed) {
      const now = clock.now()
      const due = [...tracks.values()].map(({ lease }) => lease.savedAt + renewInterval - now)
      await clock.sleep(Math.max(soon, Math.min(...due, renewInterval)), signal)
      if (signal.aborted) return
      for (const { lease, projection, range } of tracks.values()) {
        const age = clock.now() - lease.savedAt
        // A clock that was set back must not keep it from being renewed.
        if (age >= 0 && age < renewInterval - soon) continue
        // Not waited for but at the end: an answer that does not come must not keep the others from being renewed.
        const renewed: Promise<void> = lease
          .save()
          .catch((failure) => failed(failure, { projection: projection.name, range }))
          .finally(() => running.delete(renewed))
        running.add(renewed)
      }
    }
  }

  /** Ends leases that could lapse before anything else notices: the storage may not answer at all. */
  async function watchOn(): Promise<void> {
    while (!signal.aborted && !closed) {
      const now = clock.now()
      // A lease that is taken meanwhile lasts longer than this sleep.
      const held = [...tracks.values()].filter(({ lease }) => !lease.ended.aborted)
      const next = Math.min(...held.map(({ lease }) => lease.safeUntil - now), leaseDuration / 2)
      await clock.sleep(Math.max(1, next), signal)
      for (const { lease } of tracks.values()) lease.check()
    }
  }

  let loops: Promise<unknown> = Promise.resolve()
  return {
    tracks,
    get board() {
      return board
    },
    get error() {
      return error
    },
    get closed() {
      return closed
    },
    async begin() {
      await look()
      loops = Promise.all([lookOn(), renewOn(), watchOn()])
    },
    async end() {
      // First, so that nobody counts on this worker for what it gives up.
      await membership.leave().catch((failure) => failed(failure))
      while (running.size > 0) await Promise.all(running)
      await loops
    },
  }
}
