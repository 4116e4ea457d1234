const SHAPE =
  /^([1-9]\d{3})-(\d\d)-(\d\d)[T ](\d\d):(\d\d)(?::(\d\d)(?:\.(\d+))?)?(?:Z|(?<sign>[+-])(?<hours>\d\d):?(?<minutes>\d\d))?$/i

/** Milliseconds of a minute. */
export const MINUTE = 60_000

const DAY = 24 * 60 * MINUTE

/**
 * Parses a timestamp into milliseconds since 1970, or undefined if it is invalid. `T` or a blank separates date and
 * time, seconds may be missing, and a timestamp without a zone is UTC.
 */
export function parseTimestamp(text: string): number | undefined {
  const match = SHAPE.exec(text)
  if (match === null) return undefined
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = match
    .slice(1, 7)
    .map((part) => Number(part ?? 0))
  const utc = Date.UTC(year, month - 1, day, hour, minute, second)
  // Date.UTC carries 30 February over into March, and second 60 into a minute: a result that does not format back is
  // invalid.
  if (!new Date(utc).toISOString().startsWith(`${match.slice(1, 4).join('-')}T${match[4]}:${match[5]}`))
    return undefined
  // A fraction of a millisecond counts as one, so that it is off every grid.
  const fraction = Math.ceil(Number(`0.${match[7] ?? 0}`) * 1000)
  const { sign, hours = 0, minutes = 0 } = match.groups ?? {}
  if (sign === undefined) return utc + fraction
  if (Number(hours) > 14 || Number(minutes) > 59) return undefined
  const offset = (Number(hours) * 60 + Number(minutes)) * MINUTE
  return utc + fraction - (sign === '-' ? -offset : offset)
}

/** Whether a moment is on a grid of minutes, counted from midnight UTC. */
export const isOnGrid = (time: number, minutes: number): boolean => time % (minutes * MINUTE) === 0

/** The number of a moment's UTC day, counted from 1970-01-01. */
export const dayOf = (time: number): number => Math.floor(time / DAY)

/** A moment in the format of readings: UTC, to the second, `2026-11-20T00:15:00Z`. */
export const formatTimestamp = (time: number): string => `${new Date(time).toISOString().slice(0, 19)}Z`
