const UNITS = [
  ['d', 86_400_000],
  ['h', 3_600_000],
  ['min', 60_000],
  ['s', 1_000],
] as const

/** Milliseconds as a person says them, in at most two units: `2 min 5 s`, `1 d 3 h`, `1.6 s`. */
export function durationText(milliseconds: number): string {
  const size = Math.abs(milliseconds)
  if (size < 10_000) return `${Number((size / 1_000).toFixed(1))} s`
  const at = UNITS.findIndex(([, unit]) => size >= unit)
  let rest = size
  const parts: string[] = []
  for (const [name, unit] of UNITS.slice(at, at + 2)) {
    const count = Math.floor(rest / unit)
    rest -= count * unit
    if (count > 0) parts.push(`${countText(count)} ${name}`)
  }
  return parts.join(' ')
}

/** Bytes in the largest unit of which there is at least one: `12 MB`, `1.5 GB`. */
export function bytesText(bytes: number): string {
  const names = ['B', 'kB', 'MB', 'GB', 'TB', 'PB']
  const power = Math.min(names.length - 1, Math.max(0, Math.floor(Math.log10(Math.max(1, bytes)) / 3)))
  const value = bytes / 1_000 ** power
  return `${value < 10 ? Number(value.toFixed(1)) : Math.round(value)} ${names[power]}`
}

/** A share from 0 to 1 in per cent: `0.4 %`, `71 %`. */
export const shareText = (share: number): string =>
  `${share < 0.1 ? Number((share * 100).toFixed(1)) : Math.round(share * 100)} %`

/** A number with commas: `12,000`. */
export const countText = (count: number): string => count.toLocaleString('en-US')

/** A number and its noun: `1 range`, `8 ranges`. */
export const nounText = (count: number, noun: string): string => `${countText(count)} ${noun}${count === 1 ? '' : 's'}`
