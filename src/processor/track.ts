import type { FeedRange } from '../core/port/change-feed.ts'
import type { Projection } from '../projections/projection.ts'
import { pauseAfter } from './backoff.ts'
import type { TrackContext } from './context.ts'
import { ATTEMPTS, type FailureReport, failureKind, PAUSES, reportOf, STALLED_PAUSES } from './failure.ts'
import { follow } from './follow.ts'
import { type Lease, openLease } from './lease.ts'
import { createLagMeter, type RangeState, type RangeStatus } from './status.ts'

/** One projection at work on one range. */
export type Track = {
  readonly projection: Projection
  readonly range: FeedRange
  /** Resolves when the work is over: the range was cut, the processor stops, or the storage was closed. */
  readonly ended: Promise<'split' | 'stopped'>
  status(): Promise<RangeStatus>
}

/**
 * Starts a projection on a range. Whatever fails is tried again with growing pauses and shown in the status; it never
 * rejects.
 */
export function startTrack(context: TrackContext, projection: Projection, range: FeedRange): Track {
  const { storage, clock, random, signal, workerId } = context
  const lagOf = createLagMeter(storage.feed, range, clock)
  let lease: Lease | undefined
  let state: RangeState = 'working'
  let error: FailureReport | null = null
  let failures = 0
  let folded = 0

  async function run(): Promise<'split' | 'stopped'> {
    while (!signal.aborted) {
      try {
        lease ??= await openLease(storage, clock, { projection, range, workerId })
        await follow(context, projection, range, lease, {
          progress(events) {
            folded += events
            failures = 0
            state = 'working'
          },
          idle() {
            state = 'idle'
          },
        })
      } catch (failure) {
        if (signal.aborted) break
        const kind = failureKind(failure)
        if (kind === 'split') return release('split')
        report(failure)
        if (kind === 'closed') {
          state = 'stalled'
          return 'stopped'
        }
        failures++
        const stalled = failures - ATTEMPTS[kind]
        state = stalled < 0 ? 'working' : 'stalled'
        const pause =
          stalled < 0 || kind === 'storage'
            ? pauseAfter(failures, PAUSES, random)
            : pauseAfter(stalled + 1, STALLED_PAUSES, random)
        await clock.sleep(pause, signal)
      }
    }
    return release('stopped')
  }

  async function release<Why>(why: Why): Promise<Why> {
    await lease?.release().catch(report)
    return why
  }

  function report(failure: unknown): void {
    error = reportOf(failure, clock.now())
    context.onError(failure, { projection: projection.name, range })
  }

  return {
    projection,
    range,
    ended: run(),
    async status() {
      const lag = lease ? await lagOf(lease) : null
      return {
        projection: projection.name,
        version: projection.version,
        range,
        state,
        owner: lease?.owner ?? null,
        position: lease?.readTo ?? 0,
        behind: lag?.events ?? null,
        oldest: lag?.oldest ?? null,
        folded,
        error,
      }
    },
  }
}
