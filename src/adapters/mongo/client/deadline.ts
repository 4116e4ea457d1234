import { systemClock } from '../../../core/clock.ts'
import { StorageUnavailable } from '../../../core/errors/storage.ts'

/** The deadline has passed, and what was begun may be done or not. */
export class DeadlinePassed extends StorageUnavailable {}

/** Until when something may take. */
export type Deadline = {
  /** What it was to begin with. */
  readonly milliseconds: number
  /** For one try of several: a connection may be dead without a word, so it gets a part of the time only. */
  forOneTry(): Deadline
  /** Milliseconds that are left, 0 or less when it has passed. */
  left(): number
  /** Waits, for `milliseconds` or as long as is left. */
  sleep(milliseconds: number, signal?: AbortSignal): Promise<void>
  /**
   * Resolves as `work` does, but no later: work of the driver goes on until its connection is closed, and what it
   * comes to is passed over.
   *
   * @throws DeadlinePassed, or the reason of `signal` when it is aborted
   */
  bound<T>(work: Promise<T>, signal?: AbortSignal): Promise<T>
}

// Tries that have time enough to end by themselves.
const TRIES = 3

/** A deadline that many milliseconds from now. Clocks of the wall jump; this one does not. */
export function deadlineIn(milliseconds: number): Deadline {
  const until = performance.now() + milliseconds
  const left = () => until - performance.now()
  return {
    milliseconds,
    forOneTry: () => deadlineIn(Math.min(left(), milliseconds / TRIES)),
    left,
    sleep: (pause, signal) => systemClock.sleep(Math.max(0, Math.min(pause, left())), signal),
    bound: (work, signal) =>
      new Promise((resolve, reject) => {
        const giveUp = () => reject(new DeadlinePassed(`MongoDB gave no answer within ${milliseconds} ms`))
        const abort = () => reject(signal?.reason)
        const timer = setTimeout(giveUp, Math.max(0, left()))
        signal?.addEventListener('abort', abort, { once: true })
        work.then(resolve, reject).finally(() => {
          clearTimeout(timer)
          signal?.removeEventListener('abort', abort)
        })
      }),
  }
}
