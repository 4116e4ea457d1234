import type { Tone } from '../status.ts'

// The worst first, as `RangeState` of the processor has them.
const TONES: { readonly [state: string]: Tone } = {
  stalled: 'critical',
  unowned: 'critical',
  waiting: 'warning',
  parked: 'warning',
  paused: 'paused',
  working: 'progress',
  idle: 'ok',
}

const ORDER = Object.keys(TONES)

/** How the state of a range, or of a projection version, is to be taken. */
export const toneOf = (state: string): Tone => TONES[state] ?? 'unknown'

/** Where a state stands among all: those that need a person come first, and what is not known before what is well. */
export function urgencyOf(state: string): number {
  const at = ORDER.indexOf(state)
  return at < 0 ? ORDER.indexOf('paused') - 0.5 : at
}

/** How many ranges are in each state, the worst first: `1 stalled, 7 idle`. */
export function stateCounts(states: { readonly [state: string]: number }): string {
  return Object.entries(states)
    .filter(([, count]) => count > 0)
    .sort(([a], [b]) => urgencyOf(a) - urgencyOf(b))
    .map(([state, count]) => `${count.toLocaleString('en')} ${state}`)
    .join(', ')
}
