import type { StateCache, StateRef, ViewState, WriteOutcome } from '../../../src/messaging/cache/state-cache.ts'
import { compareVectors } from '../../../src/messaging/cache/version-vector.ts'

/** A cache of states in memory, which a test can look into. */
export type MemoryStates = StateCache & {
  readonly entries: Map<string, ViewState>
  /** What was published, in order. */
  readonly published: ViewState[]
  /** How many states were written, and how many were asked for. */
  readonly counts: { writes: number; reads: number }
  /** Set to make every call fail, as if the server was away. */
  isAway: boolean
}

/** Creates an empty cache, which decides as the script in Redis does. */
export function memoryStates(): MemoryStates {
  const entries = new Map<string, ViewState>()
  const keyOf = ({ environment = '', projection, generation, key }: StateRef) =>
    `${environment}:${projection}:${generation}:${key}`
  const published: ViewState[] = []

  function writeOne(state: ViewState, publish: boolean): WriteOutcome {
    const stored = entries.get(keyOf(state))
    const order = stored ? compareVectors(state.vector, stored.vector) : 'after'
    if (order === 'concurrent') return 'concurrent'
    if (order === 'before' || (order === 'equal' && (!state.isParked || stored?.isParked))) return 'notNewer'
    entries.set(keyOf(state), state)
    if (publish && !state.isParked) published.push(state)
    return 'written'
  }

  const self: MemoryStates = {
    entries,
    published,
    counts: { writes: 0, reads: 0 },
    isAway: false,
    async write(states, { publish }) {
      if (self.isAway) throw new Error('the cache is away')
      self.counts.writes += states.length
      return states.map((state) => writeOne(state, publish))
    },
    async read(refs) {
      self.counts.reads += refs.length
      return refs.map((ref) => {
        const found = self.isAway ? undefined : entries.get(keyOf(ref))
        return found?.isParked ? undefined : found
      })
    },
  }
  return self
}
