import type { Clock } from '../core/clock.ts'
import { TidemarkError } from '../core/errors/base.ts'
import { visibleText } from '../process/visible-text.ts'

const AGAIN_AFTER = 60_000

/**
 * Creates what writes errors to a log: those thrown on purpose in one line each, and the same line at most once a minute,
 * since every request meets a storage that is full; others as they are, with their stack.
 */
export function logErrors(
  clock: Pick<Clock, 'now'>,
  write: (line: unknown) => void = console.error,
): (error: unknown) => void {
  const writtenAt = new Map<string, number>()
  return (error) => {
    if (!(error instanceof TidemarkError)) return write(error)
    const now = clock.now()
    for (const [line, at] of writtenAt) if (Math.abs(now - at) >= AGAIN_AFTER) writtenAt.delete(line)
    const line = visibleText(`${error.code}: ${error.message}`)
    if (writtenAt.has(line)) return
    writtenAt.set(line, now)
    write(line)
  }
}
