import { backoffDelay } from '../core/async/backoff.ts'
import { within } from '../core/async/time-limit.ts'
import { WorkerReplaced } from '../core/errors/lease.ts'
import { StorageClosed } from '../core/errors/storage.ts'
import { VersionBeingDropped } from '../core/errors/version.ts'
import { isReaction } from '../reactions/reaction.ts'
import { type FailureReport, PAUSES, reportOf } from './failures.ts'
import { createLeaseTable, type LeaseTable } from './leases/lease-table.ts'
import { createLookPause } from './leases/look-pause.ts'
import { type LeaseRenewal, renewOn, watchOn } from './leases/renew-leases.ts'
import { watchGroups } from './leases/replaced-groups.ts'
import { createLeaseTaking } from './leases/take-leases.ts'
import { watchPauses } from './leases/watch-pauses.ts'
import { createWorkerRegistry, versionKey } from './leases/worker-registry.ts'
import type { RangeContext } from './ranges/range-context.ts'
import type { RangeWorker } from './ranges/range-worker.ts'
import type { ProcessorSettings } from './settings.ts'
import { isProjection, type Work } from './work.ts'
import type { OwnDetails } from './workers/own-details.ts'
import { detailsIn, type WorkerDetails } from './workers/worker-details.ts'

/** A worker that is alive, and what it tells about its process. */
export type WorkerStatus = { readonly id: string } & WorkerDetails

/** Acquires leases for this worker, and runs one range worker per lease. */
export type LeaseManager = {
  /** By the id of the lease. */
  readonly rangeWorkers: ReadonlyMap<string, RangeWorker>
  /** What is known about the leases. */
  readonly table: LeaseTable
  /** The workers that are alive, as far as this one knows. */
  readonly workers: readonly WorkerStatus[]
  /** When the leases were last read, by this worker's clock: milliseconds since 1970; null if never. */
  readonly readAt: number | null
  /** From when on others may take this worker's leases: milliseconds since 1970. */
  readonly expiresAt: number
  /** The number of feed ranges at the last check; 1 before the first. */
  readonly rangeCount: number
  /** Why the leases cannot be read or kept, or null if they can. */
  readonly error: FailureReport | null
  /** Whether it has no range because other workers that are alive own all of them. */
  readonly standby: boolean
  /** Whether the storage was closed, another process took the worker's id, or a version that it runs is being dropped. */
  readonly closed: boolean
  /**
   * Registers the worker and reads the leases for the first time.
   *
   * @throws what the storage throws
   */
  begin(): Promise<void>
  /** Resolves when all range workers have ended; the signal of the context ends them. */
  end(): Promise<void>
}

// Documents of workers that left are removed after this many lease durations.
const FORGET_AFTER = 10

/** The callbacks of a lease manager, and what it publishes. */
export type LeaseManagerOptions = {
  /** What this worker tells others about its process. */
  readonly own: OwnDetails
  /** Called once others can see this worker, before it takes anything. */
  registered(): Promise<void>
  /** Called when `standby` changes. */
  onStandby(standby: boolean): void
}

/** Makes the lease manager of a worker. */
export function createLeaseManager(
  context: RangeContext,
  projections: readonly Work[],
  { leaseDuration, renewInterval, pollInterval }: ProcessorSettings,
  { own, registered, onStandby }: LeaseManagerOptions,
): LeaseManager {
  const { storage, clock, random, signal, workerId } = context
  const { leases, incarnation } = storage
  const registry = createWorkerRegistry({
    leases,
    clock,
    workerId,
    duration: leaseDuration,
    projections: () => projections.filter(({ name }) => !replaced.has(name)).map(versionKey),
    incarnation,
    details: own.read,
    registered,
  })
  const table = createLeaseTable(
    projections.map((projection) => ({
      name: projection.name,
      version: projection.version,
      // A reaction must not be called again for all events of a range that was split.
      startsAnywhere: !isProjection(projection) || !isReaction(projection),
    })),
    incarnation,
  )
  const replaced = watchGroups(projections, table, failed)
  const applyPauses = watchPauses(projections, table, context.onNotice)
  const rangeWorkers = new Map<string, RangeWorker>()
  const running = new Set<Promise<void>>()
  let since: string | null = null
  let error: FailureReport | null = null
  let closed = false
  let standby = false
  let rangeCount = 1
  let readAt: number | null = null
  let looks = 0
  const pause = createLookPause({ clock, signal }, pollInterval)

  const takeDue = createLeaseTaking(
    {
      context,
      projections,
      registry,
      table,
      replaced,
      pollInterval,
      rangeWorkers,
      failed,
      ended(id, why) {
        if (why === 'closed') closed = true
        // Its final state stays visible.
        else rangeWorkers.delete(id)
        pause.rangeEnded(why === 'split')
      },
    },
    running,
  )

  /** Reads the changes, takes the leases that it should have, and drops those that others have taken. */
  async function look(): Promise<void> {
    const mine = ++looks
    const [ranges, changes] = await Promise.all([storage.feed.ranges(), readChanges()])
    // A check that timed out must not act on its result later.
    if (signal.aborted || mine !== looks) return
    since = changes.next
    const now = clock.now()
    table.update(changes, ranges, now)
    rangeCount = ranges.length
    readAt = now
    // Another process may have taken the worker's id: find that out before taking anything back from it.
    if (table.workerDocument(workerId)?.life !== registry.life) await registry.renew()
    error = null
    replaced.check()
    letGo()
    applyPauses(rangeWorkers.values())
    const isSettled = await takeDue(now)
    if (rangeWorkers.size > 0 || table.entries.length === 0) setStandby(false)
    // A range without an owner may be taken by another worker as well: it stays on standby until it owns one.
    else if (isSettled) setStandby(true)
    await forgetWorkers(now)
  }

  async function readChanges() {
    if (leases.changes) return leases.changes(since)
    return { documents: await leases.list(), all: true, next: '' }
  }

  function setStandby(now: boolean): void {
    if (now === standby) return
    standby = now
    onStandby(now)
  }

  function letGo(): void {
    for (const [id, { lease, leave, projection }] of rangeWorkers) {
      const entry = table.entry(id)
      if (entry === undefined || replaced.has(projection.name)) leave()
      else if ('etag' in entry.seen && lease.isTakenIn(entry.seen as Parameters<typeof lease.isTakenIn>[0]))
        lease.yieldTo(entry.document.owner)
    }
  }

  async function forgetWorkers(now: number): Promise<void> {
    for (const { document, etag } of table.goneSince(now - FORGET_AFTER * leaseDuration)) {
      await leases.remove(document.id, etag)
      // A worker that came back is among the changes.
      table.forget(document.id)
    }
  }

  function failed(failure: unknown, where: Parameters<typeof context.onError>[1] = {}): void {
    const isOut = failure instanceof WorkerReplaced || failure instanceof VersionBeingDropped
    if (isOut) for (const { lease } of rangeWorkers.values()) lease.lose()
    if (isOut || failure instanceof StorageClosed) closed = true
    context.onError(failure, where)
  }

  function failedToKeep(failure: unknown): void {
    error = reportOf(failure, clock.now())
    failed(failure)
  }

  async function lookOn(): Promise<void> {
    for (let failures = 0; !signal.aborted && !closed; ) {
      // All workers at once would conflict on the same leases.
      const interval = isAlone() ? Math.max(pollInterval, renewInterval) : pollInterval
      const usual = interval * (0.8 + 0.2 * random())
      await pause.sleep(failures > 0 ? Math.min(backoffDelay(failures, PAUSES, random), pollInterval) : usual)
      if (signal.aborted || closed) return
      try {
        await within({ clock, signal, running }, leaseDuration, look, 'The leases were not read')
        failures = 0
      } catch (failure) {
        if (signal.aborted) return
        failures++
        failedToKeep(failure)
      }
    }
  }

  /**
   * Whether there is nothing to take and no other worker. A new worker takes its share itself, and the previous owner
   * of a lease learns it at the next save.
   */
  function isAlone(): boolean {
    return (
      table.entries.length > 0 &&
      table.entries.every(({ id }) => rangeWorkers.has(id)) &&
      table.workers(clock.now()).every(({ id }) => id === workerId)
    )
  }

  const renewLeases: LeaseRenewal = {
    context,
    registry,
    rangeWorkers,
    renewInterval,
    running,
    isClosed: () => closed,
    failedToKeep,
    failedToTell: (failure, { projection, range }) => failed(failure, { projection: projection.name, range }),
  }
  let loops: Promise<unknown> = Promise.resolve()
  return {
    rangeWorkers,
    table,
    get workers() {
      return table.workers(clock.now()).map(({ id }) => {
        const document = id === workerId ? registry.document : table.workerDocument(id)
        return { id, ...detailsIn(document) }
      })
    },
    get readAt() {
      return readAt
    },
    get expiresAt() {
      return registry.expiresAt
    },
    get rangeCount() {
      return rangeCount
    },
    get error() {
      return error
    },
    get standby() {
      return standby && rangeWorkers.size === 0
    },
    get closed() {
      return closed
    },
    async begin() {
      await registry.renew()
      await look()
      loops = Promise.all([lookOn(), renewOn(renewLeases), watchOn(renewLeases)])
    },
    async end() {
      const isLast = table.workers(clock.now()).every(({ id }) => id === workerId)
      // First, so that no other worker leaves ranges to this one that it releases.
      await registry.retire().catch((failure) => failed(failure))
      while (running.size > 0) await Promise.all(running)
      await loops
      await registry.leave(isLast).catch((failure) => failed(failure))
      own.stop()
    },
  }
}
