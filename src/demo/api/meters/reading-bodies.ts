import { z } from 'zod'
import {
  dateSchema,
  INTERVALS,
  inferInterval,
  MAX_READINGS,
  readingFaults,
  readingSchema,
} from '../../domain/meters/readings.ts'

/** Converts a caller's time to the domain's format: UTC, to the second. One without a zone is UTC. */
const timestamp = z.iso.datetime({ offset: true, local: true }).transform((text, context) => {
  const zoned = /(Z|[+-]\d{2}:?\d{2})$/.test(text) ? text : `${text}Z`
  const utc = new Date(zoned)
  if (utc.getTime() % 60_000 === 0) return `${utc.toISOString().slice(0, 19)}Z`
  context.addIssue({ code: 'custom', message: 'is not a full minute' })
  return z.NEVER
})

/** The body of a day's readings. By default the interval is the coarsest grid that fits. */
export const readingsBody = z
  .strictObject({
    date: dateSchema.describe('A UTC day, not in the future'),
    interval: z
      .literal(INTERVALS)
      .optional()
      .describe('Minutes; the coarsest grid that the readings fit, if not given'),
    readings: z.array(readingSchema.extend({ timestamp })).min(1).max(MAX_READINGS),
  })
  .transform(({ interval, ...day }) => ({
    ...day,
    interval: interval ?? inferInterval(day.readings.map((reading) => reading.timestamp)),
  }))
  .superRefine((day, context) => {
    for (const { index, message } of readingFaults(day)) {
      context.addIssue({ code: 'custom', path: ['readings', index, 'timestamp'], message })
    }
  })
