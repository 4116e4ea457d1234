import { backoffDelay } from '../../core/async/backoff.ts'
import { within } from '../../core/async/time-limit.ts'
import { PAUSES } from '../failures.ts'
import type { TrackContext } from '../ranges/range-context.ts'
import type { Track } from '../ranges/range-worker.ts'
import type { WorkerRegistry } from './worker-registry.ts'

/** What renewal requires. */
export type KeepAlive = {
  readonly context: Pick<TrackContext, 'clock' | 'random' | 'signal'>
  readonly registry: WorkerRegistry
  readonly tracks: ReadonlyMap<string, Track>
  readonly renewInterval: number
  /** Receives the work that runs, until it ends. */
  readonly running: Set<Promise<void>>
  isClosed(): boolean
  /** Called when the worker's document could not be renewed. */
  failedToKeep(failure: unknown): void
  /** Called when the state of a range could not be stored. */
  failedToTell(failure: unknown, track: Track): void
}

/** Renews the worker's own document, on which its leases depend, and stores the state that other workers need. */
export async function renewOn({
  context,
  registry,
  tracks,
  renewInterval,
  running,
  ...told
}: KeepAlive): Promise<void> {
  const { clock, random, signal } = context

  /** Awaited only at the end, because a missing response must not delay the reports of other ranges. */
  function tell(track: Track): void {
    const saved: Promise<void> = track.lease
      .save()
      .catch((failure) => told.failedToTell(failure, track))
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
    for (const track of tracks.values()) if (track.isNoteDue) tell(track)
  }
}

/** Ends leases that may have expired before anything else notices, because the storage may not respond at all. */
export async function watchOn({ context, registry, tracks, isClosed }: KeepAlive): Promise<void> {
  const { clock, signal } = context
  const { duration } = registry
  while (!signal.aborted && !isClosed()) {
    const left = registry.safeUntil - clock.now()
    await clock.sleep(Math.max(1, Math.min(left > 0 ? left : duration / 2, duration / 2)), signal)
    for (const { lease } of tracks.values()) lease.check()
  }
}
