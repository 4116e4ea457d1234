import { type Aim, type Row, reaches } from '../measure.ts'

/** A figure as `--json` writes it. */
export type Figure = {
  readonly id: string
  readonly value: number
  readonly unit: string
  /** The bound to reach, in the figure's unit; null for what is only reported. */
  readonly aim: number | null
  readonly ok: boolean
  /** What it is relative to, with the durability that it gives; null where it is relative to nothing. */
  readonly peer: string | null
}

/** The rows for machines to read. */
export const toFigures = (rows: readonly Row[]): { readonly figures: readonly Figure[] } => ({
  figures: rows.map((row) => ({
    id: row.id,
    value: Number(row.value.toPrecision(6)),
    unit: row.unit,
    aim: row.aim && ('atLeast' in row.aim ? row.aim.atLeast : row.aim.below),
    ok: reaches(row),
    peer: row.peer ?? null,
  })),
})

/** The rows as a table for people; notes stand below it, under their numbers. */
export function toTable(rows: readonly Row[]): string {
  const notes: string[] = []
  const cells = rows.map((row) => [
    row.label + (row.note === undefined ? '' : ` [${numberOf(row.note, notes)}]`),
    withUnit(row.value, row.unit),
    describeAim(row.aim, row.unit),
    row.aim === null ? '' : reaches(row) ? 'ok' : 'MISS',
    row.spread === null ? '' : `${format(row.spread.low)} to ${format(row.spread.high)}`,
    row.peer ?? '',
  ])
  const lines = [['measure', 'value', 'aim', '', 'spread', 'peer, and the durability that it gives'], ...cells]
  const widths = [0, 1, 2, 3, 4, 5].map((column) => Math.max(...lines.map((line) => (line[column] as string).length)))
  const print = (line: readonly string[]) =>
    line
      .map((cell, i) => cell.padEnd(widths[i] as number))
      .join('  ')
      .trimEnd()
  const rule = '-'.repeat(widths.reduce((sum, width) => sum + width + 2, -2))
  const table = [print(lines[0] as string[]), rule, ...lines.slice(1).map(print)]
  return [...table, ...notes.map((note, i) => `[${i + 1}] ${note}`)].join('\n')
}

/** The number of a note; rows that say the same share one. */
function numberOf(note: string, notes: string[]): number {
  const known = notes.indexOf(note)
  return known < 0 ? notes.push(note) : known + 1
}

function describeAim(aim: Aim | null, unit: string): string {
  if (aim === null) return ''
  return 'atLeast' in aim ? `>= ${withUnit(aim.atLeast, unit)}` : `< ${withUnit(aim.below, unit)}`
}

const withUnit = (value: number, unit: string): string =>
  unit === 'x' ? `${format(value)}x` : `${format(value)} ${unit}`

/** Three digits that count, thousands apart, no exponent. */
function format(value: number): string {
  if (value === 0) return '0'
  const digits = Math.max(0, 2 - Math.floor(Math.log10(Math.abs(value))))
  return value.toLocaleString('en-US', { maximumFractionDigits: Math.min(digits, 6) })
}
