import { once } from 'node:events'
import type { Json } from '../../core/json/json.ts'
import { visibleText } from '../../process/visible-text.ts'
import { isClosedPipe } from './closed-output.ts'

/** Where a command writes its results. */
export type Output = {
  /** Whether the output is a terminal. */
  readonly isTerminal: boolean
  readonly width: number
  /** Writes a line, in which nothing is left that a terminal would obey, and waits until there is room for more. */
  line(text: string): Promise<void>
  /** Aborted when the output is no longer read, as behind `| head`, or can no longer be written. */
  readonly closed: AbortSignal
}

/** The standard output; see `surviveClosedOutput` for what else a closed pipe takes. */
export function standardOutput(stream: NodeJS.WriteStream = process.stdout): Output {
  const closed = new AbortController()
  stream.on('error', (error: NodeJS.ErrnoException) => {
    closed.abort(isClosedPipe(error) ? undefined : error)
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

/** Writes a text of several lines. */
export async function writeText(out: Pick<Output, 'line'>, text: string): Promise<void> {
  for (const line of text.replace(/\n$/, '').split('\n')) await out.line(line)
}

/** A value as one line of JSON. */
export const jsonLine = (value: unknown): string => JSON.stringify(value as Json)
