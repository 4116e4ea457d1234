import { once } from 'node:events'
import type { Json } from '../../core/json/json.ts'
import { visibleText } from '../../process/visible-text.ts'

/** Where a command writes what it found. */
export type Output = {
  /** Whether a person looks at a terminal. */
  readonly isTerminal: boolean
  readonly width: number
  /** Writes a line, of which a terminal obeys nothing, and waits until there is room for more. */
  line(text: string): Promise<void>
  /** Aborted when nobody reads the output any more, as behind `| head`. */
  readonly closed: AbortSignal
}

/** The standard output. A reader who has seen enough ends the command and is no failure. */
export function standardOutput(stream: NodeJS.WriteStream = process.stdout): Output {
  const closed = new AbortController()
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') closed.abort()
    else throw error
  })
  return {
    isTerminal: stream.isTTY === true,
    width: stream.columns || 120,
    closed: closed.signal,
    async line(text) {
      if (closed.signal.aborted || stream.write(`${visibleText(text)}\n`)) return
      await once(stream, 'drain', { signal: closed.signal }).catch(() => {})
    },
  }
}

/** A value as one line of JSON. */
export const jsonLine = (value: unknown): string => JSON.stringify(value as Json)
