import { z } from 'zod'
import { defineEvents } from '../../../src/index.ts'

/** What the screenshots show of meters. */
export const meterEvents = defineEvents({
  MeterRegistered: z.object({ postalCode: z.string(), tariff: z.string() }),
  MeterRead: z.object({ date: z.string(), kilowattHours: z.number() }),
})
