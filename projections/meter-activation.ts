import { readActivationTimes } from '../src/demo/domain/meters/activation/activation-times.ts'
import { meterEvents } from '../src/demo/domain/meters/events.ts'
import { openMeters } from '../src/demo/domain/meters/meters.ts'
import { defineReaction, idOf, type Storage } from '../src/index.ts'

/**
 * The process manager of activations: a meter that is not activated within 14 days of its registration gets a reminder,
 * and 14 days later its activation expires.
 *
 * A meter has a stream for each year, and streams have no order between them: the activation may be handled before the
 * registration, which then schedules a reminder that nothing cancels. So each command decides by the meter's state
 * whether anything is left to do.
 */
export default (storage: Storage) => {
  const meters = openMeters(storage)
  const { reminderAfter, expiresAfter } = readActivationTimes(process.env)

  return defineReaction('meter-activation', {
    events: meterEvents,
    from: 'start',
    on: {
      MeterRegistered: ({ streamId }, { after }) => after(reminderAfter, { timer: 'reminder', key: idOf(streamId) }),
      MeterActivated: async ({ streamId }, { cancel }) => {
        await cancel({ timer: 'reminder', key: idOf(streamId) })
        await cancel({ timer: 'deadline', key: idOf(streamId) })
      },
      MeterDeregistered: async ({ streamId }, { cancel }) => {
        await cancel({ timer: 'reminder', key: idOf(streamId) })
        await cancel({ timer: 'deadline', key: idOf(streamId) })
      },
    },
    timers: {
      reminder: async ({ key }, { after, commandId }) => {
        const { waits } = await meters.remindOfActivation(key, { commandId: commandId('remind') })
        if (waits) await after(expiresAfter, { timer: 'deadline', key })
      },
      deadline: ({ key }, { commandId }) => meters.expireActivation(key, { commandId: commandId('expire') }),
    },
  })
}
