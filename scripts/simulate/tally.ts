import { FAULT_KINDS } from '../../src/testing/simulate/world/faults.ts'
import { PARTS } from '../../src/testing/simulate/world/parts.ts'
import type { RunOptions } from './options.ts'
import type { Outcome } from './thread.ts'

/** What all seeds came to. */
export type Tally = {
  add(outcome: Outcome): void
  /** How many seeds are done. */
  readonly done: number
  /** The seeds that failed. */
  readonly failed: readonly number[]
  /** What happened and how often, so that what never does is seen. */
  summary(isInterrupted: boolean): string
}

/** Begins to count. */
export function createTally({ from, simulation }: RunOptions): Tally {
  const begun = performance.now()
  const faults = new Map<string, number>(FAULT_KINDS.map((kind) => [kind, 0]))
  const parts = new Map<string, number>(PARTS.map((part) => [`${part}.runs`, 0]))
  const failed: number[] = []
  let [done, steps, events] = [0, 0, 0]
  const addTo = (counts: Map<string, number>, more: Readonly<Record<string, number>>) => {
    for (const [name, count] of Object.entries(more)) counts.set(name, (counts.get(name) ?? 0) + count)
  }

  function partLine(part: string): string {
    const of = [...parts].filter(([name]) => name.startsWith(`${part}.`))
    const told = of.map(([name, count]) => `${name.slice(part.length + 1)} ${count}`)
    return `  ${part}: ${told.join(', ')}`
  }

  return {
    add(outcome) {
      done++
      steps += outcome.steps
      events += outcome.events
      addTo(faults, outcome.faults as Readonly<Record<string, number>>)
      addTo(parts, outcome.parts)
      if (outcome.failures.length > 0) failed.push(outcome.seed)
    },
    get done() {
      return done
    },
    failed,
    summary(isInterrupted) {
      const seconds = (performance.now() - begun) / 1000
      const each = done === 0 ? 0 : (seconds * 1000) / done
      const allowed = [...faults].filter(([kind]) => simulation.faults?.some((one) => one === kind) ?? true)
      return [
        `${isInterrupted ? 'Interrupted after ' : ''}${done} seeds from ${from} in ${seconds.toFixed(1)} s ` +
          `(${each.toFixed(0)} ms a seed): ${events} events, ${steps} steps`,
        `Faults: ${allowed.map(([kind, count]) => `${kind} ${count}`).join(', ') || 'none'}`,
        'Parts:',
        ...PARTS.map(partLine),
        failed.length === 0 ? 'All is well.' : `FAILED: ${failed.length} seeds: ${failed.join(' ')}`,
      ].join('\n')
    },
  }
}
