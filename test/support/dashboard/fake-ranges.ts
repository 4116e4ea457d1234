import type { ProjectionRangeRow } from '../../../src/dashboard/contract/topics.ts'

/** The ranges of three projections, of which one has `count`. */
export function ranges(now: number, count: number): { [key: string]: ProjectionRangeRow } {
  const rows = [
    ...Array.from({ length: 8 }, (_, i) => range(now, 'meter-overview', 3, i, 8)),
    ...Array.from({ length: count }, (_, i) => range(now, 'invoices', 1, i, count)),
  ]
  return Object.fromEntries(rows.map((row) => [`${row.projection}:${row.version} ${row.range}`, row]))
}

function range(now: number, projection: string, version: number, i: number, count: number): ProjectionRangeRow {
  const stalled = projection === 'meter-overview' && i === 3
  const width = Math.floor(0x10000 / count)
  const at = (position: number) => (position >= 0x10000 ? '10000' : position.toString(16).padStart(4, '0'))
  return {
    projection,
    version,
    range: `${at(i * width)}-${at(i === count - 1 ? 0x10000 : (i + 1) * width)}`,
    state: stalled ? 'stalled' : 'idle',
    owner: i % 8 === 5 ? 'b:72' : 'a:71',
    unownedSince: null,
    position: 10_000 + i,
    behind: stalled ? 1800 : i % 5,
    oldest: stalled ? new Date(now - 42_000).toISOString() : null,
    rate: 40 + (i % 9),
    progressAt: new Date(now - (stalled ? 42_000 : 600)).toISOString(),
    failing: stalled
      ? { since: new Date(now - 42_000).toISOString(), attempts: 7, nextAttempt: new Date(now + 9000).toISOString() }
      : null,
    parked: i === 0 ? 2 : 0,
    error: stalled ? { code: 'EventSchemaTooNew', message: 'MeterRead has schema 4, and this release knows 3.' } : null,
  }
}

/** What changes in a second: every range has moved on. */
export function nextRanges(rows: { readonly [key: string]: ProjectionRangeRow }, now: number, beat: number) {
  return Object.fromEntries(
    Object.entries(rows)
      .filter(([, row]) => row.state === 'idle')
      .map(([key, row], i) => [
        key,
        {
          ...row,
          position: (row.position ?? 0) + 40,
          behind: (i * 7 + beat * 3) % 11,
          rate: 40 + ((i + beat) % 9),
          progressAt: new Date(now).toISOString(),
        },
      ]),
  )
}
