import { InvalidConfiguration } from '../../core/errors/input.ts'

/** Milliseconds, or a duration of ISO 8601 such as `PT30S` or `P14D`. */
export type Duration = number | string

const UNITS = { days: 86_400_000, hours: 3_600_000, minutes: 60_000, seconds: 1_000 }
const PATTERN = /^P(?:(?<days>\d+)D)?(?:T(?:(?<hours>\d+)H)?(?:(?<minutes>\d+)M)?(?:(?<seconds>\d+(?:\.\d+)?)S)?)?$/

/** The service writes this for a time without end. */
const LONGEST = 'P10675199DT2H48M5.4775807S'

/** A duration of ISO 8601 in milliseconds, `Infinity` for the longest; `undefined` for anything else. */
function parseDuration(text: string): number | undefined {
  const groups = PATTERN.exec(text)?.groups
  if (groups === undefined || /[PT]$/.test(text)) return undefined
  if (text === LONGEST || Number(groups.days ?? 0) >= 10_675_199) return Number.POSITIVE_INFINITY
  return Object.entries(UNITS).reduce((sum, [unit, size]) => sum + Number(groups[unit] ?? 0) * size, 0)
}

/** Milliseconds as a duration of ISO 8601. */
export function formatDuration(milliseconds: number): string {
  if (milliseconds === Number.POSITIVE_INFINITY) return LONGEST
  const parts: string[] = []
  let rest = milliseconds
  for (const [letter, size] of [
    ['D', UNITS.days],
    ['H', UNITS.hours],
    ['M', UNITS.minutes],
  ] as const) {
    const count = Math.floor(rest / size)
    rest -= count * size
    parts.push(count > 0 ? `${count}${letter}` : '')
  }
  const [days, ...times] = parts
  const seconds = rest > 0 || milliseconds === 0 ? `${rest / UNITS.seconds}S` : ''
  const time = `${times.join('')}${seconds}`
  return `P${days}${time === '' ? '' : `T${time}`}`
}

/** A duration in an option, in milliseconds. @throws InvalidConfiguration that names the setting */
export function readDuration(setting: string, value: unknown, least: number, most: number): number {
  const milliseconds = typeof value === 'string' ? parseDuration(value) : value
  if (typeof milliseconds === 'number' && milliseconds >= least && milliseconds <= most) return milliseconds
  const range = `from ${formatDuration(least)} to ${formatDuration(most)}`
  throw new InvalidConfiguration(
    setting,
    `must be milliseconds or a duration of ISO 8601, ${range}, but is ${JSON.stringify(value) ?? 'undefined'}`,
  )
}
