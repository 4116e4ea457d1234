import { formatBytes, formatCount, formatDuration, formatRate, formatShare } from '../format.ts'

export type Format = (value: number | null) => string

const FORMATS: { readonly [unit: string]: Format } = {
  'events/s': formatRate,
  'requests/s': formatRate,
  'RU/s': (value) => (value === null ? formatCount(null) : `${formatCount(value)} RU/s`),
  'B/s': (value) => (value === null ? formatBytes(null) : `${formatBytes(value)}/s`),
  B: formatBytes,
  ms: formatDuration,
  ratio: formatShare,
  cores: (value) => (value === null ? formatCount(null) : `${value.toFixed(2)} cores`),
}

/** How values of a unit are written. */
export function formatOf(unit: string): Format {
  return FORMATS[unit] ?? formatCount
}
