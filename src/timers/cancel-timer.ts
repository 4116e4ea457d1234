import { StreamDeleted } from '../core/errors/append.ts'
import { changeTimer, isRepeat, type TimerLog } from './change-timer.ts'
import { type TimerRef, timerStream } from './timer.ts'
import { cancelledEvent, isCausedLater, pendingIn, type TimerOrigin } from './timer-events.ts'

/**
 * Cancels a timer. What an event causes is appended even if the timer does not seem to be pending: a replica may lag, and
 * a call of a handler for an earlier event may still be on its way. From outside, nothing is written then.
 *
 * @returns whether it was pending, and this change cancelled it, now or in an earlier attempt
 * @throws as `changeTimer` does
 */
export async function cancelTimer(storage: TimerLog, ref: TimerRef, origin: TimerOrigin): Promise<boolean> {
  let wasPending = false
  try {
    await changeTimer(storage, timerStream(ref), async (last) => {
      const isKnown = last !== undefined && (await isRepeat(storage, last, origin.eventId))
      if (isKnown) {
        wasPending = await wasPendingBefore(storage, timerStream(ref), origin.eventId)
        return undefined
      }
      wasPending = last !== undefined && pendingIn(last) !== undefined
      if (last && isCausedLater(last, origin.cause)) {
        wasPending = false
        return undefined
      }
      return wasPending || origin.cause ? cancelledEvent(ref, origin) : undefined
    })
  } catch (error) {
    if (!(error instanceof StreamDeleted)) throw error
    return false
  }
  return wasPending
}

/** Whether a timer was pending when a change was appended. */
async function wasPendingBefore({ events }: TimerLog, streamId: string, eventId: string): Promise<boolean> {
  const version = (await events.findAppend(streamId, eventId))?.version ?? 0
  if (version < 2) return false
  const [before] = (await events.load(streamId, { direction: 'backwards', from: version - 1, limit: 1 })).events
  return before !== undefined && pendingIn(before) !== undefined
}
