import { createReadStream } from 'node:fs'
import { parse } from 'csv-parse/sync'
import { InvalidConfiguration } from '../../../core/errors/input.ts'

/** A parsed line of a CSV file, or its fault. Empty lines are skipped. */
export type Row = {
  /** 1-based. */
  readonly line: number
  /** Trimmed; undefined if the line is not CSV. */
  readonly cells: readonly string[] | undefined
}

/** A file that is being read. */
export type RowReader = {
  readonly rows: AsyncIterableIterator<Row>
  /** How many bytes of it were read. */
  bytesRead(): number
  /** Closes the file, even if its rows were never read. */
  close(): void
}

// A real line is a thousand times shorter; without a limit a file that is not text would be read into memory whole.
const MAX_LINE = 1 << 20

/**
 * Reads a CSV file of UTF-8 row by row, holding one chunk of it. Unlike in RFC 4180, a row never spans lines: no
 * reading contains a line break, and so a stray quote costs its own line and not the rest of the file.
 *
 * @throws InvalidConfiguration for a file that is not text, and the file system's errors, both while reading
 */
export function readRows(file: string): RowReader {
  const stream = createReadStream(file, { encoding: 'utf8' })
  return { rows: rowsOf(stream), bytesRead: () => stream.bytesRead, close: () => stream.destroy() }
}

async function* rowsOf(chunks: AsyncIterable<string>): AsyncGenerator<Row, undefined, undefined> {
  let line = 0
  for await (const text of linesOf(chunks)) {
    line++
    // This also removes the byte order mark that some spreadsheets write.
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
  // Without quotes a row is the text between its commas, and nearly every row is without.
  if (!line.includes('"')) return line.split(',').map((cell) => cell.trim())
  try {
    const [cells] = parse(line, { relax_column_count: true, trim: true }) as string[][]
    return cells
  } catch {
    return undefined
  }
}
