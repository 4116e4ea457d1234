/**
 * A line through values, as an SVG path in a box: the highest value at its top, 0 or the lowest value at its bottom.
 * Unknown values are gaps. A value between two gaps becomes a dot.
 */
export function sparkPath(values: readonly (number | null)[], width: number, height: number): string {
  const known = values.filter((value) => value !== null)
  const low = Math.min(0, ...known)
  const span = Math.max(...known, low) - low || 1
  const x = (i: number) => round(values.length < 2 ? width : (i / (values.length - 1)) * width)
  const y = (value: number) => round(height - ((value - low) / span) * height)
  let path = ''
  values.forEach((value, i) => {
    if (value === null) return
    const before = values[i - 1] ?? null
    const after = values[i + 1] ?? null
    path += `${before === null ? 'M' : 'L'}${x(i)} ${y(value)}`
    if (before === null && after === null) path += 'h0'
  })
  return path
}

/** At most `count` values, each the average of the known ones that it stands for; so that no line has more points than pixels. */
export function thin(values: readonly (number | null)[], count: number): readonly (number | null)[] {
  if (values.length <= count) return values
  return Array.from({ length: count }, (_, i) => {
    const from = Math.floor((i * values.length) / count)
    const part = values.slice(from, Math.floor(((i + 1) * values.length) / count)).filter((value) => value !== null)
    return part.length === 0 ? null : part.reduce((sum, value) => sum + value, 0) / part.length
  })
}

const round = (value: number) => Math.round(value * 10) / 10
