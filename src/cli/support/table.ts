import { visibleText } from '../../process/visible-text.ts'

/** A cell of a table; what is not there is shown as `-`. */
export type Cell = string | number | boolean | null | undefined

/** Columns by their titles: how each row fills them. */
export type Columns<Row> = Readonly<Record<string, (row: Row) => Cell>>

const GAP = '  '

/**
 * Rows as lines of text, the columns aligned, numbers to the right.
 *
 * @param width longer lines are cut, which ends in `…`
 */
export function tableOf<Row>(rows: readonly Row[], columns: Columns<Row>, width = Number.POSITIVE_INFINITY): string[] {
  const titles = Object.keys(columns)
  const cells = rows.map((row) => Object.values(columns).map((cell) => cell(row)))
  const right = titles.map((_, i) => cells.length > 0 && cells.every((row) => typeof row[i] !== 'string'))
  const texts = [titles.map((title) => title.toUpperCase()), ...cells.map((row) => row.map(textOf))]
  const widths = titles.map((_, i) => Math.max(...texts.map((row) => row[i]?.length ?? 0)))
  return texts.map((row) => {
    const padded = row.map((text, i) => (right[i] ? text.padStart(widths[i] ?? 0) : text.padEnd(widths[i] ?? 0)))
    return cut(padded.join(GAP).trimEnd(), width)
  })
}

/** A text that is cut where it is too long, but not within a character. */
export function cut(text: string, width: number): string {
  if (text.length <= width) return text
  const end = Math.max(1, width - 1)
  const isWithin = text.codePointAt(end - 1) !== text.charCodeAt(end - 1)
  return `${text.slice(0, isWithin ? end - 1 : end)}…`
}

function textOf(cell: Cell): string {
  if (cell === null || cell === undefined || cell === '') return '-'
  if (typeof cell === 'number') return cell.toLocaleString('en')
  if (typeof cell === 'boolean') return cell ? 'yes' : 'no'
  return visibleText(cell)
}
