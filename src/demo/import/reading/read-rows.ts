import { createReadStream } from 'node:fs'
import { parse } from 'csv-parse/sync'
import { InvalidConfiguration } from '../../../core/errors/input.ts'

/** A line of a CSV file, taken apart, or what is wrong with it. Empty lines are passed over. */
export type Row = {
  /** 1-based. */
  readonly line: number
  /** Trimmed; undefined when the line is no CSV. */
  readonly cells: readonly string[] | undefined
}

/** A file that is being read. */
export type RowReader = {
  readonly rows: AsyncIterableIterator<Row>
  /** How many bytes of it were read. */
  bytesRead(): number
  /** Closes the file, also when its rows were never asked for. */
  close(): void
}

// No line of readings is a thousandth of it; without a bound a file that is no text would end up in memory whole.
const MAX_LINE = 1 << 20

/**
 * Reads a CSV file of UTF-8 row by row, holding one chunk of it. A row never spans lines, other than in RFC 4180: no
 * reading holds a line break, and so a stray quote costs its own line and not the rest of the file.
 *
 * @throws InvalidConfiguration for a file that is no text, and the file system's errors, both while reading
 */
export function readRows(file: string): RowReader {
  const stream = createReadStream(file, { encoding: 'utf8' })
  return { rows: rowsOf(stream), bytesRead: () => stream.bytesRead, close: () => stream.destroy() }
}

async function* rowsOf(chunks: AsyncIterable<string>): AsyncGenerator<Row, undefined, undefined> {
  let line = 0
  for await (const text of linesOf(chunks)) {
    line++
    // This takes away the byte order mark too that some spreadsheets begin a file with.
    const content = text.trim()
    if (content !== '') yield { line, cells: cellsOf(content) }
  }
}

async function* linesOf(chunks: AsyncIterable<string>): AsyncGenerator<string> {
  let rest = ''
  for await (const chunk of chunks) {
    const lines = (rest + chunk).split('\n')
    rest = lines.pop() ?? ''
    yield* lines
    if (rest.length > MAX_LINE) throw new InvalidConfiguration('FILE', 'it has a line of over a million characters')
  }
  yield rest
}

function cellsOf(line: string): readonly string[] | undefined {
  // Without a quote a row is what stands between its commas, and nearly every row is without.
  if (!line.includes('"')) return line.split(',').map((cell) => cell.trim())
  try {
    const [cells] = parse(line, { relax_column_count: true, trim: true }) as string[][]
    return cells
  } catch {
    return undefined
  }
}
