import type { RunOptions } from './options.ts'
import type { Outcome } from './thread.ts'

const FEW = 10

/** Tells what is wrong with a seed, what happened before, and how it is run again. */
export function tellFailure({ seed, failures, trace }: Outcome, { again }: RunOptions): void {
  const few = failures.slice(0, FEW)
  console.log(
    [
      ...(process.stderr.isTTY ? [''] : []),
      ...trace,
      `Seed ${seed} failed:`,
      ...few.map((failure) => `  ${failure}`),
      ...(few.length < failures.length ? [`  and ${failures.length - few.length} more`] : []),
      `  Again: npm run simulate -- --seed ${seed}${again}`,
    ].join('\n'),
  )
}
