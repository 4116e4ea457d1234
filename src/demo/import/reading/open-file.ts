import { stat } from 'node:fs/promises'
import { type Layout, type LayoutOptions, layoutOf } from '../file-layout.ts'
import { type Row, readRows } from './read-rows.ts'

/** A file whose layout is known. */
export type OpenFile = {
  readonly layout: Layout
  /** Its rows without the header. */
  readonly rows: AsyncIterable<Row>
  /** Bytes. */
  readonly size: number
  /** How many bytes of it were read. */
  bytesRead(): number
  /** Closes the file, even if its rows were never read. */
  close(): void
}

// Enough rows to see their usual distance.
const HEAD = 200

/**
 * Opens a file and detects its layout.
 *
 * @throws InvalidConfiguration if it does not match the options, and the file system's errors
 */
export async function openFile(options: LayoutOptions): Promise<OpenFile> {
  const { size } = await stat(options.file)
  const { rows, bytesRead, close } = readRows(options.file)
  try {
    const head = await take(rows, HEAD)
    const layout = layoutOf(head, options)
    return { layout, rows: chain(layout.headless ? head : head.slice(1), rows), size, bytesRead, close }
  } catch (error) {
    close()
    throw error
  }
}

async function take(rows: AsyncIterator<Row>, most: number): Promise<Row[]> {
  const taken: Row[] = []
  while (taken.length < most) {
    const { done, value } = await rows.next()
    if (done) break
    taken.push(value)
  }
  return taken
}

async function* chain(head: readonly Row[], rest: AsyncIterable<Row>): AsyncGenerator<Row> {
  yield* head
  yield* rest
}
