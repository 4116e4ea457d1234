import { systemClock } from '../../../core/clock.ts'
import { StorageUnavailable } from '../../../core/errors/storage.ts'

/** The deadline has passed, and it is unknown whether the work was done. */
export class DeadlinePassed extends StorageUnavailable {}

/** The time limit of an operation. */
export type Deadline = {
  /** The whole time, in milliseconds. */
  readonly milliseconds: number
  /** For one attempt of several: a connection may be dead without notice, so an attempt only gets part of the time. */
  forOneTry(): Deadline
  /** Milliseconds that are left, 0 or less if it has passed. */
  left(): number
  /** Waits for `milliseconds` or for the time that is left. */
  sleep(milliseconds: number, signal?: AbortSignal): Promise<void>
  /**
   * Settles as `work` does, but no later than the deadline: the driver's work continues until its connection is closed,
   * and its result is ignored.
   *
   * @throws DeadlinePassed, or the reason of `signal` when it is aborted
   */
  bound<T>(work: Promise<T>, signal?: AbortSignal): Promise<T>
}

// The number of attempts that have enough time to finish.
const TRIES = 3

/** A deadline that many milliseconds from now. Wall clocks jump; this one does not. */
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
        const giveUp = () => reject(new DeadlinePassed(`MongoDB did not respond within ${milliseconds} ms`))
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
