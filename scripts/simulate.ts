// npm run simulate -- --seeds N [--from S] [--trace [lines]] …: runs simulations until one fails, or all are through.

import { parseArgs } from 'node:util'
import { type SimulationOptions, type SimulationReport, simulate } from '../src/testing/simulate/simulate.ts'
import { FAULT_KINDS, type FaultKind } from '../src/testing/simulate/world/faults.ts'

const { values } = parseArgs({
  options: {
    seeds: { type: 'string', default: '100' },
    from: { type: 'string', default: '0' },
    events: { type: 'string' },
    workers: { type: 'string' },
    ranges: { type: 'string' },
    faults: { type: 'string' },
    trace: { type: 'boolean', default: false },
    lines: { type: 'string', default: '200' },
  },
})

const numberOf = (name: string, text: string): number => {
  const number = Number(text)
  if (!Number.isSafeInteger(number) || number < 0) throw new Error(`--${name} must be a whole number, not ${text}`)
  return number
}

function faultsOf(text: string): FaultKind[] {
  const names = text === 'none' ? [] : text.split(',')
  const unknown = names.find((name) => !FAULT_KINDS.some((kind) => kind === name))
  if (unknown !== undefined) throw new Error(`${unknown} is none of the faults: ${FAULT_KINDS.join(', ')}`)
  return names as FaultKind[]
}

const options: Omit<SimulationOptions, 'seed'> = {
  ...(values.events !== undefined && { events: numberOf('events', values.events) }),
  ...(values.workers !== undefined && { workers: numberOf('workers', values.workers) }),
  ...(values.ranges !== undefined && { ranges: numberOf('ranges', values.ranges) }),
  ...(values.faults !== undefined && { faults: faultsOf(values.faults) }),
}
const from = numberOf('from', values.from)
const seeds = numberOf('seeds', values.seeds)
const lines = numberOf('lines', values.lines)

const failed: number[] = []
const faults = new Map<string, number>()
let [steps, events, seed] = [0, 0, from]
const begun = performance.now()

// A promise that nobody minds is a failure as well, and says nothing of its seed.
process.on('unhandledRejection', (error) => {
  console.error(`\nSeed ${seed}: nobody minded ${error instanceof Error ? error.stack : error}`)
  process.exit(1)
})

for (; seed < from + seeds; seed++) {
  const report = await simulate({ ...options, seed, trace: values.trace ? lines : 0 })
  steps += report.steps
  events += report.events
  for (const [kind, count] of Object.entries(report.faults)) faults.set(kind, (faults.get(kind) ?? 0) + count)
  if (report.failures.length > 0) {
    failed.push(seed)
    tell(report)
  }
  if (values.trace && seeds === 1 && report.failures.length === 0) console.log(report.trace.join('\n'))
  progress()
}

const seconds = (performance.now() - begun) / 1000
console.log(
  `${seeds} seeds from ${from} in ${seconds.toFixed(1)} s (${((seconds * 1000) / seeds).toFixed(0)} ms a seed): ` +
    `${events} events, ${steps} steps`,
)
console.log(`Faults: ${[...faults].map(([kind, count]) => `${kind} ${count}`).join(', ') || 'none'}`)
console.log(failed.length === 0 ? 'All is well.' : `FAILED: ${failed.length} seeds: ${failed.join(' ')}`)
process.exitCode = failed.length === 0 ? 0 : 1

function tell(report: SimulationReport): void {
  if (process.stderr.isTTY) process.stderr.write('\r')
  const few = report.failures.slice(0, 10)
  if (report.trace.length > 0) console.log(report.trace.join('\n'))
  console.log(`Seed ${report.seed} failed:\n  ${few.join('\n  ')}`)
  if (few.length < report.failures.length) console.log(`  and ${report.failures.length - few.length} more`)
  const same = Object.entries(values).flatMap(([name, value]) =>
    ['events', 'workers', 'ranges', 'faults'].includes(name) ? [`--${name} ${value} `] : [],
  )
  console.log(`  Again: npm run simulate -- --seeds 1 --from ${report.seed} ${same.join('')}--trace`)
}

function progress(): void {
  const done = seed + 1 - from
  if (!process.stderr.isTTY || (done % 10 !== 0 && done !== seeds)) return
  process.stderr.write(`\r${done} of ${seeds} seeds, ${failed.length} failed${done === seeds ? '\n' : ''}`)
}
