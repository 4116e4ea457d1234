import { backoffDelay } from '../../core/async/backoff.ts'
import { IncarnationMismatch } from '../../core/errors/feed.ts'
import { isoTime } from '../../core/iso-time.ts'
import type { FeedRange } from '../../core/port/change-feed.ts'
import { leaseText } from '../../core/port/lease-store.ts'
import { isReaction } from '../../reactions/reaction.ts'
import { ATTEMPTS, type FailureReport, failureKind, PAUSES, reportOf, STALLED_PAUSES } from '../failures.ts'
import type { Lease, LeaseNote } from '../leases/lease.ts'
import { attributesOf } from '../pages/page-context.ts'
import { createInFlight } from '../reactions/in-flight.ts'
import { partSize } from '../reactions/react-page.ts'
import { isProjection, type Work } from '../work.ts'
import { createFailures, type Failing } from './failing.ts'
import { watchLag } from './paused-range.ts'
import { createPageConsumer } from './process-page.ts'
import { processRange } from './process-range.ts'
import type { RangeContext } from './range-context.ts'
import { createProgress, type Progress } from './throughput.ts'

/** The state of a range worker, as far as it knows itself. */
export type RangeState = 'idle' | 'working' | 'waiting' | 'stalled' | 'paused'

/** One projection, reaction or consumer running on one range, for as long as the lease is valid. */
export type RangeWorker = {
  readonly projection: Work
  readonly range: FeedRange
  readonly lease: Lease
  readonly state: RangeState
  readonly progress: Progress
  /** Since when its reaction has waited for its destination, if that is its state: milliseconds since 1970. */
  readonly waitingSince: number | null
  /** Whether other workers need to know its state, and no checkpoint reports it. */
  readonly isNoteDue: boolean
  /** Since when it fails, if it does. */
  readonly failing: Failing | null
  /** The last failure, even if it is over. */
  readonly error: FailureReport | null
  /** Resolves when the work has ended: the range was split, the lease ended, or the storage was closed. */
  readonly ended: Promise<'split' | 'ended' | 'closed'>
  /**
   * Pauses or resumes the work. A projection finishes the current page first, a reaction the current call of a handler;
   * both keep the lease.
   */
  setPaused(paused: boolean): void
  /** Finishes the current page and releases the lease. */
  leave(): void
}

/** What a range worker reports through its lease; it exists before the range worker does. */
export type TrackNotes = { of(): LeaseNote }

/** How a range worker begins. */
export type TrackStart = {
  /** The ranges that its own was split from. */
  readonly wider: readonly FeedRange[]
  /** Whether its previous owner did not release it, or one that it was split from. */
  readonly isAbandoned: boolean
  readonly notes: TrackNotes
  /** Whether the projection version is paused. */
  readonly paused: boolean
}

/** Starts a projection on a range. Failures are retried with increasing backoff and shown in the status; it never rejects. */
export function startRangeWorker(
  context: RangeContext,
  projection: Work,
  range: FeedRange,
  lease: Lease,
  { wider, isAbandoned, notes, paused: begunPaused }: TrackStart,
): RangeWorker {
  const { storage, clock, random, telemetry } = context
  const leaving = new AbortController()
  const signal = AbortSignal.any([context.signal, leaving.signal, lease.ended])
  const reader = context.readerOf(range)
  const progress = createProgress(clock)
  const inFlight = createInFlight(
    isAbandoned,
    isProjection(projection) && isReaction(projection) ? partSize(projection) : 0,
  )
  let state: RangeState = 'working'
  let error: FailureReport | null = null
  const failures = createFailures(clock)
  let noted = noteKind(lease.stateBefore)
  let paused = begunPaused
  // Whether the lease may say that it is paused.
  let saysPaused = false
  // Aborted when it is paused or resumed.
  let changed = new AbortController()
  notes.of = () => {
    noted = stateNow()
    const { folded, rate, at, lag } = progress
    return {
      state: noted,
      error: errorNow(),
      waitingSince: iso(waitingSince()),
      ...lag,
      folded,
      rate: Math.round(rate * 1_000) / 1_000,
      progressAt: iso(at),
      failing: failures.failing,
    }
  }
  const destination =
    isProjection(projection) && isReaction(projection) ? context.sharedBy(projection).destination : null
  const leaseChanged = (change: 'taken' | 'released' | 'moved' | 'lost') => {
    telemetry.count('tidemark.lease.changes', 1, { ...attributesOf(projection), 'tidemark.change': change })
  }
  leaseChanged('taken')

  /** No progress for `stalledAfter` means stalled, whatever the cause, unless the reaction waits for its destination. */
  function stateNow(): RangeState {
    if (state !== 'working') return state
    const now = clock.now()
    if (destination?.waiting) return now - destination.waiting.since >= context.waitingAfter ? 'waiting' : 'working'
    const progressAt = Math.max(progress.at, destination?.resumedAt ?? progress.at)
    return now - progressAt >= context.stalledAfter ? 'stalled' : 'working'
  }

  const waitingSince = () => (stateNow() === 'waiting' ? (destination?.waiting?.since ?? null) : null)

  function errorNow(): FailureReport | null {
    const waiting = stateNow() === 'waiting' ? destination?.waiting : undefined
    return waiting ? reportOf(waiting.error, waiting.at) : error
  }

  async function run(): Promise<'split' | 'ended' | 'closed'> {
    while (!signal.aborted && lease.check()) {
      const turn = AbortSignal.any([signal, changed.signal])
      try {
        if (paused) {
          state = 'paused'
          saysPaused = true
          await watchLag({ storage, clock, range, lease, progress, signal: turn })
          continue
        }
        // First, so that a command that pauses it again does not find it stopped while it works.
        if (saysPaused) await lease.save()
        saysPaused = false
        if (!isProjection(projection)) {
          const { continuation, readTo } = await context.consumerOf(projection).beginsAt(range, lease, turn)
          lease.begin({ continuation, readTo, incarnation: storage.incarnation })
        }
        if (lease.incarnation !== storage.incarnation) {
          throw new IncarnationMismatch(
            `Lease ${leaseText({ ...projection, projection: projection.name, range })}`,
            storage.incarnation,
            lease.incarnation,
          )
        }
        await processRange(
          context,
          { consume: consumerUntil(turn), lease, reader, signal: turn },
          {
            reading(page) {
              progress.reading(page)
            },
            done(events) {
              progress.note(events)
              failures.seemOver()
            },
            progress() {
              progress.note(0)
              failures.end()
              state = 'working'
            },
            idle() {
              inFlight.end()
              state = 'idle'
            },
          },
        )
      } catch (failure) {
        if (signal.aborted) break
        if (turn.aborted) continue
        const kind = failureKind(failure)
        if (kind === 'split') return release('split')
        report(failure)
        if (kind === 'closed') return 'closed'
        failures.add()
        const stalled = failures.count - ATTEMPTS[kind]
        if (!paused) state = stalled < 0 ? 'working' : 'stalled'
        const pause =
          stalled < 0 || kind === 'storage'
            ? backoffDelay(failures.count, PAUSES, random)
            : backoffDelay(stalled + 1, STALLED_PAUSES, random)
        failures.pause(pause)
        await clock.sleep(pause, turn)
      }
    }
    return release('ended')
  }

  /** A page of a projection is finished, since its saves are under way; one of a reaction may take hours. */
  const consumerUntil = (turn: AbortSignal) => {
    const isFinished = isProjection(projection) && !isReaction(projection)
    return createPageConsumer({ ...context, signal: isFinished ? signal : turn }, projection, range, {
      wider,
      inFlight,
    })
  }

  async function release<Why>(why: Why): Promise<Why> {
    const held = lease.check()
    const released = lease.release().catch(report)
    // A lease that may have expired is released as well, if no other worker took it, but this is not awaited.
    if (held) await released
    else context.inBackground(released)
    leaseChanged(held ? 'released' : lease.isYielded ? 'moved' : 'lost')
    return why
  }

  function report(failure: unknown): void {
    error = reportOf(failure, clock.now())
    context.onError(failure, { projection: projection.name, range })
    telemetry.count('tidemark.range.failures', 1, { ...attributesOf(projection), 'error.type': error.code })
  }

  return {
    projection,
    range,
    lease,
    progress,
    get state() {
      return stateNow()
    },
    get error() {
      return errorNow()
    },
    get failing() {
      return failures.failing
    },
    get waitingSince() {
      return waitingSince()
    },
    get isNoteDue() {
      return !lease.ended.aborted && noteKind(stateNow()) !== noteKind(noted)
    },
    ended: run().finally(() => {
      reader.close()
      lease.lose()
    }),
    setPaused(next) {
      if (next === paused) return
      paused = next
      failures.end()
      if (!next) {
        state = 'working'
        progress.note(0)
      }
      changed.abort()
      changed = new AbortController()
    },
    leave: () => leaving.abort(),
  }
}

/** States that no checkpoint tells other workers of. */
const noteKind = (state: unknown): RangeState | undefined =>
  state === 'waiting' || state === 'stalled' || state === 'paused' ? state : undefined

const iso = (time: number | null): string | null => (time === null ? null : isoTime(time))
