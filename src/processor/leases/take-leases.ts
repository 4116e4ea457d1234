import { limiter } from '../../core/async/limiter.ts'
import { containsInterval, sameInterval } from '../../core/positions/hash-interval.ts'
import type { Reaction } from '../../reactions/reaction.ts'
import type { FailurePlace, RangeContext } from '../ranges/range-context.ts'
import { type RangeWorker, startRangeWorker, type TrackNotes } from '../ranges/range-worker.ts'
import { beginReaction } from '../reactions/beginning/first-checkpoint.ts'
import type { Work } from '../work.ts'
import { takeLease } from './lease.ts'
import { balanceLease, type LeaseEntry, type LeaseTable, type TableProjection } from './lease-table.ts'
import { leasesToTake } from './load-balancing.ts'
import type { ReplacedGroups } from './replaced-groups.ts'
import { versionKey, type WorkerRegistry } from './worker-registry.ts'

/** What taking leases requires. */
export type LeaseTaking = {
  readonly context: RangeContext
  readonly projections: readonly Work[]
  readonly registry: WorkerRegistry
  readonly table: LeaseTable
  readonly replaced: ReplacedGroups
  readonly pollInterval: number
  /** Receives a range worker, by the id of its lease. */
  readonly rangeWorkers: Map<string, RangeWorker>
  /** Called when a range worker has ended. */
  ended(id: string, why: Awaited<RangeWorker['ended']>): void
  failed(failure: unknown, where: FailurePlace): void
}

// How many leases are taken concurrently.
const TAKES = 64

/**
 * Takes the leases that this worker should have by now.
 *
 * @returns whether nothing was left to take: a worker that is alive owns each lease, and none should change hands
 */
export type TakeDue = (now: number) => Promise<boolean>

/**
 * Creates the function that takes the leases that this worker should have by now, and starts a range worker for each.
 *
 * @param running receives the work that runs, until it ends
 */
export function createLeaseTaking(taking: LeaseTaking, running: Set<Promise<void>>): TakeDue {
  const { context, projections, registry, table, replaced, pollInterval, rangeWorkers, failed } = taking
  const { storage, clock, random, signal, workerId } = context
  const { leases } = storage
  const taker = { leases, random, registry, now: clock.now }
  const byVersion = new Map(projections.map((projection) => [versionKey(projection), projection]))
  const takes = limiter(TAKES)
  const underWay = new Set<string>()
  // The ETag with which a lease could not be taken.
  const refusals = new Map<string, string>()

  // The last state in which each lease had a living owner, and there was nothing to take.
  let settled: string | undefined
  let isSettled = false

  function due(now: number): LeaseEntry[] {
    const workers = table.workers(now)
    const sight = JSON.stringify([table.revision, rangeWorkers.size, workers.map(({ id }) => id)])
    // The result would be the same, and computing it requires examining each lease.
    if (sight === settled) return []
    const entries = table.entries.filter(({ projection }) => !replaced.has(projection.name))
    const all = entries.map((entry) => {
      const lease = balanceLease(table, entry, now)
      if (lease.owner !== workerId || rangeWorkers.has(entry.id)) return lease
      // This worker had it in an earlier life, or lost track of it: no other worker relies on it.
      return { ...lease, owner: null, freeSince: lease.freeSince ?? entry.seenAt }
    })
    const wanted = new Set(leasesToTake({ me: workerId, leases: all, workers, now, patience: pollInterval }))
    isSettled = wanted.size === 0 && all.every(({ freeSince }) => freeSince === undefined)
    settled = isSettled && entries.every(table.lastsWithOwner) ? sight : undefined
    return entries.filter(({ id }) => wanted.has(id) && !rangeWorkers.has(id) && !underWay.has(id))
  }

  async function take(entry: LeaseEntry): Promise<void> {
    const { projection, range } = entry
    const code = byVersion.get(versionKey(projection)) as Work
    const notes: TrackNotes = { of: () => ({ state: 'working', error: null }) }
    if (signal.aborted || !registry.isSafe()) return
    underWay.add(entry.id)
    try {
      const lease = await takeLease(taker, entry.seen, () => notes.of())
      if (lease === undefined) return await refused(entry)
      refusals.delete(entry.id)
      if (signal.aborted || rangeWorkers.has(entry.id)) return await lease.release()
      const known = table.leasesOf(projection.name, projection.version)
      const around = known.filter((other) => containsInterval(other.range, range) && !sameInterval(other.range, range))
      const wider = around.map((other) => other.range)
      const isAbandoned = lease.isAbandoned || around.some(({ owner }) => owner !== null)
      const paused = table.pausedSince(projection.name, projection.version) !== null
      const rangeWorker = startRangeWorker(context, code, range, lease, { wider, isAbandoned, notes, paused })
      rangeWorkers.set(entry.id, rangeWorker)
      const over = rangeWorker.ended.then((why) => {
        running.delete(over)
        taking.ended(entry.id, why)
      })
      running.add(over)
    } catch (failure) {
      failed(failure, { projection: projection.name, range })
    } finally {
      underWay.delete(entry.id)
    }
  }

  /** If another worker was first, the next check shows it. If that shows nothing, the lease may have been removed. */
  async function refused({ id, seen }: LeaseEntry): Promise<void> {
    const etag = 'etag' in seen ? String(seen.etag) : ''
    const isRepeated = refusals.get(id) === etag
    refusals.set(id, etag)
    if (isRepeated && (await leases.get(id)) === undefined) table.forget(id)
  }

  /** Stores the checkpoints of a reaction again, if they are lost and not only late. */
  async function placeAgain(which: TableProjection): Promise<void> {
    const reaction = byVersion.get(versionKey(which)) as Reaction
    await beginReaction(context, reaction).catch((failure) => failed(failure, { projection: reaction.name }))
  }

  return async (now) => {
    await Promise.all(due(now).map((entry) => takes(() => take(entry))))
    await Promise.all(table.unplaced.map(placeAgain))
    return isSettled
  }
}
