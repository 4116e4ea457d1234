// npm run simulate -- --seeds N …: runs simulations over all cores. See --help.

import { readOptions } from './simulate/options.ts'
import { runSeeds } from './simulate/pool.ts'
import { createProgress } from './simulate/progress.ts'
import { createTally } from './simulate/tally.ts'
import { tellFailure } from './simulate/tell-failure.ts'

const options = readOptions(process.argv)
const tally = createTally(options)
const progress = createProgress(options, tally)

// Who interrupts a run still learns what it came to so far.
const stopping = new AbortController()
for (const [signal, code] of [
  ['SIGINT', 130],
  ['SIGTERM', 143],
] as const) {
  process.once(signal, () => {
    process.exitCode = code
    stopping.abort(signal)
  })
}

await runSeeds(options, stopping.signal, (outcome) => {
  tally.add(outcome)
  progress.update()
  if (outcome.failures.length > 0) tellFailure(outcome, options)
  else if (outcome.seed === options.only && options.trace) console.log(outcome.trace.join('\n'))
})
progress.end()
console.log(tally.summary(stopping.signal.aborted))
if (tally.failed.length > 0) process.exitCode = 1
