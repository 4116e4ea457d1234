import { backoffDelay } from '../core/async/backoff.ts'
import { within } from '../core/async/time-limit.ts'
import { WorkerReplaced } from '../core/errors/lease.ts'
import { StorageClosed } from '../core/errors/storage.ts'
import type { Projection } from '../projections/projection.ts'
import { isReaction } from '../reactions/reaction.ts'
import { type FailureReport, PAUSES, reportOf } from './failures.ts'
import { createLeaseTable, type LeaseTable } from './leases/lease-table.ts'
import { type LeaseRenewal, renewOn, watchOn } from './leases/renew-leases.ts'
import { createLeaseTaking } from './leases/take-leases.ts'
import { createWorkerRegistry, versionKey } from './leases/worker-registry.ts'
import type { RangeContext } from './ranges/range-context.ts'
import type { RangeWorker } from './ranges/range-worker.ts'
import type { ProcessorSettings } from './settings.ts'

/** Acquires leases for this worker, and runs one range worker per lease. */
export type LeaseManager = {
  /** By the id of the lease. */
  readonly rangeWorkers: ReadonlyMap<string, RangeWorker>
  /** What is known about the leases. */
  readonly table: LeaseTable
  /** From when on others may take this worker's leases: milliseconds since 1970. */
  readonly expiresAt: number
  /** The number of feed ranges at the last check; 1 before the first. */
  readonly rangeCount: number
  /** Why the leases cannot be read or kept, or null if they can. */
  readonly error: FailureReport | null
  /** Whether it has no range because other workers that are alive own all of them. */
  readonly standby: boolean
  /** Whether the storage was closed, or another process took the worker's id. */
  readonly closed: boolean
  /**
   * Registers the worker and reads the leases for the first time.
   *
   * @param registered called once others can see this worker, before it takes anything
   * @throws what the storage throws
   */
  begin(registered: () => Promise<void>): Promise<void>
  /** Resolves when all range workers have ended; the signal of the context ends them. */
  end(): Promise<void>
}

// Documents of workers that left are removed after this many lease durations.
const FORGET_AFTER = 10

// Milliseconds between a split and the next check: the database may list the range for a while although it is gone.
const AFTER_CUT = 50

/** Makes the lease manager of a worker. @param onStandby called when `standby` changes */
export function createLeaseManager(
  context: RangeContext,
  projections: readonly Projection[],
  { leaseDuration, renewInterval, pollInterval }: ProcessorSettings,
  onStandby: (standby: boolean) => void = () => {},
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
  const table = createLeaseTable(
    projections.map((projection) => ({
      name: projection.name,
      version: projection.version,
      // A reaction must not be called again for all events of a range that was split.
      startsAnywhere: !isReaction(projection),
    })),
    incarnation,
  )
  const rangeWorkers = new Map<string, RangeWorker>()
  const running = new Set<Promise<void>>()
  // Since when what is paused is.
  const paused = new Map<string, string>()
  let since: string | null = null
  let error: FailureReport | null = null
  let closed = false
  let standby = false
  let rangeCount = 1
  let looks = 0
  let cut = new AbortController()
  let ended = new AbortController()

  const takeDue = createLeaseTaking(
    {
      context,
      projections,
      registry,
      table,
      pollInterval,
      rangeWorkers,
      failed,
      ended(id, why) {
        if (why === 'closed') closed = true
        // Its final state stays visible.
        else rangeWorkers.delete(id)
        ended.abort()
        // Its parts must not wait for the next check.
        if (why === 'split') cut.abort()
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
    // Another process may have taken the worker's id: find that out before taking anything back from it.
    if (table.lifeOf(workerId) !== registry.life) await registry.renew()
    error = null
    letGo()
    applyPauses()
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
    for (const [id, { lease, leave }] of rangeWorkers) {
      const entry = table.entry(id)
      if (entry === undefined) leave()
      else if ('etag' in entry.seen && lease.isTakenIn(entry.seen as Parameters<typeof lease.isTakenIn>[0]))
        lease.lose()
    }
  }

  /** Pauses and resumes what operators paused and resumed since the last look. */
  function applyPauses(): void {
    for (const { name, version } of projections) {
      const key = versionKey({ name, version })
      const [before, since] = [paused.get(key) ?? null, table.pausedSince(name, version)]
      if (since !== null) paused.set(key, since)
      else paused.delete(key)
      if ((since === null) === (before === null)) continue
      const kind = since === null ? 'resumed' : 'paused'
      context.onNotice({ kind, projection: name, version, since: (since ?? before) as string })
    }
    for (const { projection, setPaused } of rangeWorkers.values()) setPaused(paused.has(versionKey(projection)))
  }

  async function forgetWorkers(now: number): Promise<void> {
    for (const { document, etag } of table.goneSince(now - FORGET_AFTER * leaseDuration)) {
      await leases.remove(document.id, etag)
      // A worker that came back is among the changes.
      table.forget(document.id)
    }
  }

  function failed(failure: unknown, where: Parameters<typeof context.onError>[1] = {}): void {
    if (failure instanceof StorageClosed || failure instanceof WorkerReplaced) closed = true
    if (failure instanceof WorkerReplaced) for (const { lease } of rangeWorkers.values()) lease.lose()
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
      const pause = interval * (0.8 + 0.2 * random())
      await nap(failures > 0 ? Math.min(backoffDelay(failures, PAUSES, random), pollInterval) : pause)
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

  /** Sleeps, but no longer than `pollInterval` once the work on a range has ended, and only briefly if it was split. */
  async function nap(milliseconds: number): Promise<void> {
    const beyond = Math.max(0, milliseconds - pollInterval)
    if (beyond > 0) await clock.sleep(beyond, AbortSignal.any([signal, ended.signal]))
    ended = new AbortController()
    await clock.sleep(milliseconds - beyond, AbortSignal.any([signal, cut.signal]))
    if (!cut.signal.aborted) return
    cut = new AbortController()
    await clock.sleep(Math.min(milliseconds, AFTER_CUT), signal)
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
    async begin(registered) {
      await registry.renew()
      await registered()
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
    },
  }
}
