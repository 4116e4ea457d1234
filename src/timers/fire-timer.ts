import type { Clock } from '../core/clock.ts'
import { StreamDeleted } from '../core/errors/append.ts'
import { StorageUnavailable } from '../core/errors/storage.ts'
import { changeTimer, type TimerLog } from './change-timer.ts'
import { firedEvent, type PendingTimer, pendingIn } from './timer-events.ts'

/** What became of a timer that was to fire: it has, there is none, or it is due later. */
export type Firing =
  | { readonly kind: 'fired' | 'none' }
  | { readonly kind: 'later'; readonly timer: PendingTimer; readonly version: number }

/**
 * Appends that a timer fired, if it is pending and due. Only the timer's stream decides: what is known from elsewhere
 * may be old.
 *
 * @param atLeast the version of the stream that was seen in the feed
 * @throws as `changeTimer` does; StorageUnavailable if a replica does not show that version yet
 */
export async function fireTimer(
  storage: TimerLog,
  clock: Pick<Clock, 'now'>,
  streamId: string,
  atLeast: number,
): Promise<Firing> {
  let firing: Firing = { kind: 'none' }
  try {
    await changeTimer(storage, streamId, async (last) => {
      firing = { kind: 'none' }
      if ((last?.stream.version ?? 0) < atLeast) {
        throw new StorageUnavailable(`Version ${atLeast} of stream ${streamId} cannot be read yet; retry later`)
      }
      const timer = last && pendingIn(last)
      if (last === undefined || timer === undefined) return undefined
      const isDue = Date.parse(timer.at) <= clock.now()
      firing = isDue ? { kind: 'fired' } : { kind: 'later', timer, version: last.stream.version }
      return isDue ? firedEvent(last) : undefined
    })
  } catch (error) {
    if (!(error instanceof StreamDeleted)) throw error
    return { kind: 'none' }
  }
  return firing
}
