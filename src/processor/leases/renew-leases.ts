import { backoffDelay } from '../../core/async/backoff.ts'
import { within } from '../../core/async/time-limit.ts'
import { PAUSES } from '../failures.ts'
import type { RangeContext } from '../ranges/range-context.ts'
import type { RangeWorker } from '../ranges/range-worker.ts'
import type { WorkerRegistry } from './worker-registry.ts'

/** What renewal requires. */
export type LeaseRenewal = {
  readonly context: Pick<RangeContext, 'clock' | 'random' | 'signal'>
  readonly registry: WorkerRegistry
  readonly rangeWorkers: ReadonlyMap<string, RangeWorker>
  readonly renewInterval: number
  /** Receives the work that runs, until it ends. */
  readonly running: Set<Promise<void>>
  isClosed(): boolean
  /** Called when the worker's document could not be renewed. */
  failedToKeep(failure: unknown): void
  /** Called when the state of a range could not be stored. */
  failedToTell(failure: unknown, rangeWorker: RangeWorker): void
}

/** Renews the worker's own document, on which its leases depend, and stores the state that other workers need. */
export async function renewOn({
  context,
  registry,
  rangeWorkers,
  renewInterval,
  running,
  ...told
}: LeaseRenewal): Promise<void> {
  const { clock, random, signal } = context

  /** Awaited only at the end, because a missing response must not delay the reports of other ranges. */
  function tell(rangeWorker: RangeWorker): void {
    const saved: Promise<void> = rangeWorker.lease
      .save()
      .catch((failure) => told.failedToTell(failure, rangeWorker))
      .finally(() => running.delete(saved))
    running.add(saved)
  }

  for (let failures = 0; !signal.aborted && !told.isClosed(); ) {
    const pause = renewInterval * (0.9 + 0.1 * random())
    await clock.sleep(failures > 0 ? Math.min(backoffDelay(failures, PAUSES, random), pause) : pause, signal)
    if (signal.aborted || told.isClosed()) return
    try {
      const limits = { clock, signal, running }
      await within(limits, renewInterval, registry.renew, 'The worker could not send its heartbeat')
      failures = 0
    } catch (failure) {
      if (signal.aborted) return
      failures++
      told.failedToKeep(failure)
    }
    for (const rangeWorker of rangeWorkers.values()) if (rangeWorker.isNoteDue) tell(rangeWorker)
  }
}

/** Ends leases that may have expired before anything else notices, because the storage may not respond at all. */
export async function watchOn({ context, registry, rangeWorkers, isClosed }: LeaseRenewal): Promise<void> {
  const { clock, signal } = context
  const { duration } = registry
  while (!signal.aborted && !isClosed()) {
    const left = registry.safeUntil - clock.now()
    await clock.sleep(Math.max(1, Math.min(left > 0 ? left : duration / 2, duration / 2)), signal)
    for (const { lease } of rangeWorkers.values()) lease.check()
  }
}
