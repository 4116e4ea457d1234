import { availableParallelism } from 'node:os'
import { Command, InvalidArgumentError } from 'commander'
import type { SimulationOptions } from '../../src/testing/simulate/simulate.ts'
import { FAULT_KINDS, type FaultKind } from '../../src/testing/simulate/world/faults.ts'
import { PARTS, type Part } from '../../src/testing/simulate/world/parts.ts'

/** What is to be run. */
export type RunOptions = {
  readonly from: number
  readonly seeds: number
  /** The only seed, where one is named. */
  readonly only: number | undefined
  readonly threads: number
  /** Whether the trail of the only seed is told also when all is well. */
  readonly trace: boolean
  /** How many lines of the trail of a seed that failed are told. */
  readonly lines: number
  readonly simulation: Omit<SimulationOptions, 'seed' | 'trace' | 'interpose' | 'processor'>
  /** The options that a seed must be run with again. */
  readonly again: string
}

type Given = {
  readonly seeds: number
  readonly from: number
  readonly seed?: number
  readonly threads: number
  readonly trace: boolean
  readonly lines: number
  readonly parts?: readonly Part[]
  readonly faults?: readonly FaultKind[]
  readonly events?: number
  readonly workers?: number
  readonly ranges?: number
}

function whole(text: string): number {
  const number = Number(text)
  if (!Number.isSafeInteger(number) || number < 0) throw new InvalidArgumentError('It must be a whole number.')
  return number
}

function someOf<T extends string>(known: readonly T[]): (text: string) => T[] {
  return (text) => {
    const names = text === 'none' ? [] : text.split(',')
    const unknown = names.find((name) => !known.some((one) => one === name))
    if (unknown !== undefined) throw new InvalidArgumentError(`There is no ${unknown}.`)
    return names as T[]
  }
}

/** Reads the command line; with `--help`, tells what there is and ends. */
export function readOptions(argv: readonly string[]): RunOptions {
  const command = new Command('npm run simulate --')
    .description(
      'Runs writers, readers, workers and whoever else takes part in virtual time over a storage at its worst, and ' +
        'compares what comes out with a plain fold of the log. The same seed gives the same run on every machine.',
    )
    .option('--seeds <n>', 'how many seeds are run', whole, 100)
    .option('--from <seed>', 'the first of them', whole, 0)
    .option('--seed <seed>', 'runs this one only', whole)
    .option(
      '--parts <names>',
      `what takes part in each seed, or none; by default each of all in every other one: ${PARTS.join(', ')}`,
      someOf(PARTS),
    )
    .option(
      '--faults <names>',
      `what may go wrong, or none; by default all: ${FAULT_KINDS.join(', ')}`,
      someOf(FAULT_KINDS),
    )
    .option('--events <n>', 'events that are appended at most', whole)
    .option('--workers <n>', 'workers, instead of 1 to 4 by seed', whole)
    .option('--ranges <n>', 'feed ranges at the beginning, instead of 1 to 4 by seed', whole)
    .option('--threads <n>', 'seeds that are run at once', whole, availableParallelism())
    .option('--trace', 'with --seed: tells what happened also when all is well', false)
    .option('--lines <n>', 'how many of the last lines of what happened are told', whole, 200)
    .addHelpText('after', '\nIt ends with 1 when a seed failed, and tells how to run that one again.')
    .parse([...argv])
  const { seeds, from, seed, threads, trace, lines, ...simulation } = command.opts<Given>()
  const again = Object.entries(simulation).map(([name, value]) => ` --${name} ${String(value) || 'none'}`)
  return {
    from: seed ?? from,
    seeds: seed === undefined ? seeds : 1,
    only: seed,
    threads: Math.max(1, threads),
    trace,
    lines,
    simulation,
    again: again.join(''),
  }
}
