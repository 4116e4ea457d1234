// Numbers and times as they are read aloud. Null is unknown, and never 0.

const UNKNOWN = 'unknown'

/** `1,240`; from ten thousand on `12.4 k`, from a million on `1.24 M`. */
export function formatCount(value: number | null): string {
  if (value === null) return UNKNOWN
  const size = Math.abs(value)
  if (size >= 1e9) return `${significant(value / 1e9)} G`
  if (size >= 1e6) return `${significant(value / 1e6)} M`
  if (size >= 1e4) return `${significant(value / 1e3)} k`
  return size < 10 && !Number.isInteger(value) ? significant(value) : group(Math.round(value))
}

/** `1,240/s`, `0.4/s`; below a hundredth `< 0.01/s`, so that what has almost ended is not written with many digits. */
export function formatRate(perSecond: number | null): string {
  if (perSecond !== null && perSecond > 0 && perSecond < 0.01) return '< 0.01/s'
  return perSecond === null ? UNKNOWN : `${formatCount(perSecond)}/s`
}

/** Of bytes: `12.4 MB`, by thousands. */
export function formatBytes(bytes: number | null): string {
  if (bytes === null) return UNKNOWN
  const units = ['B', 'kB', 'MB', 'GB', 'TB', 'PB']
  const power = Math.min(units.length - 1, Math.floor(Math.log10(Math.max(1, Math.abs(bytes))) / 3))
  return `${power === 0 ? Math.round(bytes) : significant(bytes / 1000 ** power)} ${units[power]}`
}

/** Of milliseconds: `9 ms`, `4.2 s`, `3 min 20 s`, `2 h 5 min`, `3 d 4 h`. */
export function formatDuration(ms: number | null): string {
  if (ms === null) return UNKNOWN
  if (ms < 0) return `-${formatDuration(-ms)}`
  if (ms < 1000) return `${ms < 10 ? Number(ms.toPrecision(2)) : Math.round(ms)} ms`
  if (ms < 10_000) return `${(Math.floor(ms / 100) / 10).toFixed(1)} s`
  const seconds = Math.floor(ms / 1000)
  if (seconds < 60) return `${seconds} s`
  if (seconds < 3600) return two(Math.floor(seconds / 60), 'min', seconds % 60, 's')
  if (seconds < 86_400) return two(Math.floor(seconds / 3600), 'h', Math.floor((seconds % 3600) / 60), 'min')
  return two(Math.floor(seconds / 86_400), 'd', Math.floor((seconds % 86_400) / 3600), 'h')
}

/** Of a share between 0 and 1: `99.98%`. It is never rounded up to 100 nor down to 0. */
export function formatShare(share: number | null): string {
  if (share === null) return UNKNOWN
  const percent = share * 100
  if (percent >= 100 || percent <= 0) return `${Math.round(percent)}%`
  if (percent > 99.99) return '> 99.99%'
  if (percent < 0.01) return '< 0.01%'
  return percent > 99 || percent < 1 ? `${(Math.floor(percent * 100) / 100).toFixed(2)}%` : `${significant(percent)}%`
}

/** `14:02:11`, in the reader's time zone. */
export function formatClock(time: string | number | null): string {
  return time === null ? UNKNOWN : clock.format(new Date(time))
}

/** `14:02:11` today, `29 Nov, 14:02` on other days. */
export function formatTime(time: string | number | null, now: number): string {
  if (time === null) return UNKNOWN
  const date = new Date(time)
  return day.format(date) === day.format(now) ? clock.format(date) : dayAndTime.format(date)
}

const clock = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit', second: '2-digit' })
const day = new Intl.DateTimeFormat('en-GB', { year: 'numeric', month: 'numeric', day: 'numeric' })
const dayAndTime = new Intl.DateTimeFormat('en-GB', {
  day: 'numeric',
  month: 'short',
  hour: '2-digit',
  minute: '2-digit',
})
const grouped = new Intl.NumberFormat('en-GB')

const group = (value: number) => grouped.format(value)

/** Three significant digits, without zeros at the end. */
const significant = (value: number) => String(Number(value.toPrecision(3)))

const two = (high: number, highUnit: string, low: number, lowUnit: string) =>
  low === 0 ? `${high} ${highUnit}` : `${high} ${highUnit} ${low} ${lowUnit}`
