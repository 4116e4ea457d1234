import type { EventQuery } from '../../../core/port/event-log.ts'

/** From inclusive, to exclusive. */
type Bounds<T> = { readonly from: T | undefined; readonly to: T | undefined }

// Between these, the texts sort like the times.
const FIRST = Date.parse('0000-01-01T00:00:00.000Z')
const LAST = Date.parse('9999-12-31T23:59:59.999Z')

/** The recording times of the requested events, in their own format. */
export function recordedBounds({ recorded }: EventQuery): Bounds<string> {
  const text = (date: Date | undefined) => date && recordedText(date)
  return { from: text(recorded?.from), to: text(recorded?.to) }
}

/** A time as text that sorts among the recording times as the times themselves do. */
export const recordedText = (date: Date): string =>
  new Date(Math.min(Math.max(date.getTime(), FIRST), LAST)).toISOString()

/** The same in seconds since 1970, the server's format of write times. */
export function writtenBounds({ recorded }: EventQuery): Bounds<number> {
  const seconds = (date: Date | undefined) => date && Math.ceil(date.getTime() / 1000)
  return { from: seconds(recorded?.from), to: seconds(recorded?.to) }
}
