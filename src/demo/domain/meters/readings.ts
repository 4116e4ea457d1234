import { createHash } from 'node:crypto'
import { z } from 'zod'
import { isDate } from '../calendar.ts'

/** The grids of readings, in minutes, from the coarsest. */
export const INTERVALS = [60, 30, 15] as const

/** How many minutes one reading covers. */
export type Interval = (typeof INTERVALS)[number]

/** A day has at most this many readings: one every 15 minutes. */
export const MAX_READINGS = 96

/** More kWh than any meter counts in an hour; without a limit, sums could exceed the range of JSON numbers. */
export const MAX_KWH = 1_000_000

/** One reading. */
export const readingSchema = z.strictObject({
  /** The place of its interval on the grid: UTC, to the second, `2026-11-20T00:15:00Z`. */
  timestamp: z.string().regex(/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:00Z$/, 'must be a UTC time such as 2026-11-20T00:15:00Z'),
  /** kWh of that interval. */
  value: z.number().min(0).max(MAX_KWH),
  /** The value is the difference between two registers with a gap between them, so it covers more than its interval. */
  gap: z.literal(true).optional(),
})

/** See {@link readingSchema}. */
export type Reading = z.infer<typeof readingSchema>

/** A calendar day. */
export const dateSchema = z.string().refine(isDate, 'must be a date such as 2026-11-20')

/** The readings of one meter on one UTC day. Real days have gaps. */
export const dayOfReadingsSchema = z
  .strictObject({
    date: dateSchema,
    interval: z.literal(INTERVALS),
    readings: z.array(readingSchema).min(1).max(MAX_READINGS),
  })
  .superRefine((day, context) => {
    for (const { index, message } of readingFaults(day)) {
      context.addIssue({ code: 'custom', path: ['readings', index, 'timestamp'], message })
    }
  })

/** See {@link dayOfReadingsSchema}. */
export type DayOfReadings = z.infer<typeof dayOfReadingsSchema>

/** The faults of a day's timestamps: each must be on that date, on the grid, and after the previous one. */
export function readingFaults(day: {
  readonly date: string
  readonly interval: Interval
  readonly readings: readonly Pick<Reading, 'timestamp'>[]
}): { readonly index: number; readonly message: string }[] {
  const faults: { index: number; message: string }[] = []
  let before = ''
  for (const [index, { timestamp }] of day.readings.entries()) {
    if (Number.isNaN(Date.parse(timestamp))) faults.push({ index, message: 'is not a time' })
    else if (timestamp.slice(0, 10) !== day.date) faults.push({ index, message: `is not on ${day.date} (UTC)` })
    else if (minuteOf(timestamp) % day.interval !== 0) {
      faults.push({ index, message: `is not on the grid of ${day.interval} minutes` })
    } else if (timestamp <= before) faults.push({ index, message: 'is not later than the previous one' })
    before = timestamp
  }
  return faults
}

/** The coarsest grid with all these timestamps; 15 if there is none, so that the faults name the finest grid. */
export function inferInterval(timestamps: readonly string[]): Interval {
  return INTERVALS.find((interval) => timestamps.every((t) => minuteOf(t) % interval === 0)) ?? 15
}

/** A short text that is the same exactly for the same timestamps and values. */
export function digestOf(readings: readonly Reading[]): string {
  const text = readings.map(({ timestamp, value }) => `${timestamp}=${value}`).join(';')
  return createHash('sha256').update(text).digest('base64url').slice(0, 22)
}

const minuteOf = (timestamp: string): number => Number(timestamp.slice(14, 16))
