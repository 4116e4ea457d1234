import { defineAggregate } from '../../../src/index.ts'
import { meterEvents } from './events.ts'

export const meter = defineAggregate({
  category: 'meter',
  events: meterEvents,
  initial: { registered: false, tariff: '', readings: 0, kilowattHours: 0 },
  evolve: {
    MeterRegistered: (state, { data }) => ({ ...state, registered: true, tariff: data.tariff }),
    MeterRead: (state, { data }) => ({
      ...state,
      readings: state.readings + 1,
      kilowattHours: state.kilowattHours + data.kilowattHours,
    }),
  },
})
