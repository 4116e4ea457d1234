import { type Command, InvalidArgumentError } from 'commander'
import { isCalendarDay } from '../../core/calendar-day.ts'

/** Adds the options that every command on a storage has. */
export const storageOptions = (command: Command): Command =>
  command
    .option('--storage <url>', 'storage URL (default: TIDEMARK_STORAGE, else file:./data)')
    .option('--json', 'JSON output')

/** Parses a whole number from 1. */
export function wholeNumber(text: string): number {
  const value = Number(text)
  if (!/^\d+$/.test(text) || !Number.isSafeInteger(value) || value < 1) {
    throw new InvalidArgumentError('Expected a whole number from 1.')
  }
  return value
}

/** Parses a port; 0 is a free one. */
export function portNumber(text: string): number {
  const value = Number(text)
  if (!/^\d+$/.test(text) || value > 65_535) throw new InvalidArgumentError('Expected a port from 0 to 65535.')
  return value
}

const MOMENT = /^(\d{4}-\d{2}-\d{2})(?:T\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?(Z|[+-]\d{2}:\d{2})?)?$/

/**
 * Parses a moment in ISO 8601: a time with its zone, or a date alone, which begins at midnight UTC. A time without a
 * zone would mean a different moment on each machine.
 */
export function moment(text: string): Date {
  const [matched, day, zone] = MOMENT.exec(text) ?? []
  if (matched !== undefined && zone === undefined && text.includes('T')) {
    throw new InvalidArgumentError(`Expected a time zone: ${text}Z is UTC, ${text}+02:00 is two hours ahead of it.`)
  }
  const date = new Date(text)
  if (day === undefined || Number.isNaN(date.getTime()) || !isCalendarDay(day)) {
    throw new InvalidArgumentError('Expected a time such as 2026-01-31T12:00:00Z, or a date such as 2026-01-31.')
  }
  return date
}

const UNITS: Readonly<Record<string, number>> = { s: 1000, m: 60_000, h: 3_600_000, d: 24 * 3_600_000 }

/** Parses a duration such as `90m`, `36h` or `7d`, in milliseconds. */
export function duration(text: string): number {
  const [, number, unit = ''] = /^(\d{1,6})([smhd])$/.exec(text) ?? []
  if (number === undefined) throw new InvalidArgumentError('Expected a duration such as 90m, 36h or 7d.')
  return Number(number) * (UNITS[unit] as number)
}
