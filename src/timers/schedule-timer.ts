import { changeTimer, isRepeat, type TimerLog } from './change-timer.ts'
import { timerStream } from './timer.ts'
import { isCausedLater, type PendingTimer, scheduledEvent, type TimerOrigin } from './timer-events.ts'

/**
 * Schedules a timer; if it is pending, it is moved. A repeat changes nothing, even if the timer was changed since, and
 * neither does a late change whose cause precedes that of the last one in its stream.
 *
 * @throws as `changeTimer` does; AppendTooLarge
 */
export async function scheduleTimer(storage: TimerLog, timer: PendingTimer, origin: TimerOrigin): Promise<void> {
  await changeTimer(storage, timerStream(timer), async (last) => {
    if (last && isCausedLater(last, origin.cause)) return undefined
    if (last && (await isRepeat(storage, last, origin.eventId))) return undefined
    return scheduledEvent(timer, origin)
  })
}
