import { defineProjection, idOf } from '../../../../src/index.ts'
import { meterEvents } from '../events.ts'

export default defineProjection('meter-list', {
  version: 3,
  events: meterEvents,
  key: ({ streamId }) => idOf(streamId),
  initial: (meterId: string) => ({ meterId, postalCode: '', tariff: '' }),
  on: { MeterRegistered: (view, { data }) => ({ ...view, ...data }) },
})
