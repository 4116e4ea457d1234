import { dateOf, latestDateAt } from '../../domain/calendar.ts'
import type { Layout } from '../file-layout.ts'
import type { Row } from './read-rows.ts'
import { dayOf, isOnGrid, parseTimestamp } from './timestamp.ts'

/** A row with a valid form and timestamp. */
export type TimedRow = {
  readonly line: number
  readonly cells: readonly string[]
  /** Milliseconds since 1970. */
  readonly time: number
}

/** The criteria for rows, and the callback for those that are refused. */
export type TimedRowsOptions = Pick<Layout, 'format' | 'width'> & {
  /** Milliseconds since 1970: no reading may be of a day that has not begun anywhere. */
  readonly now: number
  readonly refuse: (line: number, reason: string) => void
}

/**
 * Passes on the rows whose days never decrease. If one does, either it is wrong or the previous row was, and the
 * following row decides: a single date that was mistyped into a later year must not close the books of the year that
 * the rest of the file belongs to.
 */
export async function* timedRows(
  rows: AsyncIterable<Row>,
  options: TimedRowsOptions,
): AsyncGenerator<TimedRow, undefined, undefined> {
  let reached = Number.NEGATIVE_INFINITY
  let held: TimedRow | undefined
  let doubted: TimedRow | undefined
  const refuse = (row: TimedRow, neighbour: TimedRow) => {
    const where = `line ${neighbour.line} is of ${dateOf(neighbour.time)}`
    options.refuse(row.line, `out of order: ${dateOf(row.time)}, and ${where}`)
  }
  for await (const row of rows) {
    const timed = judge(row, options)
    if (timed === undefined) continue
    if (held !== undefined && doubted !== undefined) {
      const wrong = dayOf(timed.time) < dayOf(held.time) ? held : doubted
      const right: TimedRow = wrong === held ? doubted : held
      refuse(wrong, right)
      held = right
      doubted = undefined
    }
    if (held !== undefined && dayOf(timed.time) < dayOf(held.time)) {
      if (dayOf(timed.time) < reached) refuse(timed, held)
      else doubted = timed
      continue
    }
    if (held !== undefined) {
      reached = dayOf(held.time)
      yield held
    }
    held = timed
  }
  if (held !== undefined && doubted !== undefined) {
    // No following row can decide, so the one that skips a day is considered wrong.
    const leaps = dayOf(held.time) - reached > 1
    refuse(leaps ? held : doubted, leaps ? doubted : held)
    if (leaps) held = doubted
  }
  if (held !== undefined) yield held
}

function judge({ line, cells }: Row, { format, width, now, refuse }: TimedRowsOptions): TimedRow | undefined {
  if (cells === undefined) {
    refuse(line, 'its quotes do not match')
    return undefined
  }
  if (cells.length !== width) {
    refuse(line, `${cells.length} columns instead of ${width}`)
    return undefined
  }
  const text = cells[0] as string
  const time = parseTimestamp(text)
  if (time === undefined) refuse(line, `${JSON.stringify(text)} is not a timestamp`)
  else if (!isOnGrid(time, format.grid)) refuse(line, `${text} is not on the grid of ${format.grid} minutes`)
  else if (dateOf(time) > latestDateAt(now)) refuse(line, `${text} is in the future`)
  else return { line, cells, time }
  return undefined
}
