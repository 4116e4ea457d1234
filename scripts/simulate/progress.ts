import type { RunOptions } from './options.ts'
import type { Tally } from './tally.ts'

// Milliseconds between two lines where no terminal shows them.
const SELDOM = 10_000

/** Tells on stderr how far a run is. */
export function createProgress({ seeds }: RunOptions, tally: Tally) {
  const { isTTY } = process.stderr
  let toldAt = performance.now()
  const line = () => `${tally.done} of ${seeds} seeds, ${tally.failed.length} failed`
  return {
    update(): void {
      const now = performance.now()
      if (now - toldAt < (isTTY ? 100 : SELDOM)) return
      toldAt = now
      process.stderr.write(isTTY ? `\r${line()}` : `${line()}\n`)
    },
    end(): void {
      if (isTTY) process.stderr.write(`\r${line()}\n`)
    },
  }
}
