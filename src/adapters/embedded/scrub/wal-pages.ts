import { closeSync, openSync, readSync, statSync } from 'node:fs'

const HEADER = 32
const FRAME_HEADER = 24

/** One generation of a write-ahead log, from one restart to the next. */
export type WalLife = {
  /** A different one for each generation. */
  readonly id: string
  /** Calls back with the number of each page that was written in it. */
  readonly pages: (visit: (pageNumber: number) => void) => void
}

/**
 * Reads which pages a write-ahead log contains; undefined if it is empty. SQLite has no locks on this file, so closing
 * it here drops none.
 */
export function readWal(path: string): WalLife | undefined {
  const file = openSync(path, 'r')
  try {
    const header = Buffer.alloc(HEADER)
    if (readSync(file, header, 0, HEADER, 0) < HEADER) return undefined
    const frame = FRAME_HEADER + header.readUInt32BE(8)
    const numbers: number[] = []
    const buffer = Buffer.alloc(4)
    const end = statSync(path).size
    for (let at = HEADER; at + frame <= end; at += frame) {
      readSync(file, buffer, 0, 4, at)
      numbers.push(buffer.readUInt32BE(0))
    }
    return { id: header.toString('hex', 12, 24), pages: (visit) => numbers.forEach(visit) }
  } finally {
    closeSync(file)
  }
}
