import type { Operations, OperationsChange } from '../../../src/operations/model/operations.ts'
import type { Snapshot } from '../../../src/operations/model/snapshot.ts'

/** Operations of a test, whose parts are set by the test. */
export type FakeOperations = Operations & {
  /** Replaces parts, and tells of the changes. */
  change(parts: Partial<Operations>, ...changes: readonly OperationsChange[]): void
  readonly listeners: number
}

/** A storage that responds, and nothing else that is known. */
const healthySnapshot = (at = Date.UTC(2026, 0, 1)): Snapshot => ({
  at,
  storage: {
    ok: true,
    ping: 1,
    error: null,
    succeeded: 1,
    failed: 0,
    health: null,
    kind: 'file:',
    incarnation: 'one',
  },
  workers: [],
  versions: [],
  instances: [],
  skew: {},
  leaseDuration: null,
  measured: {
    seconds: 1,
    appended: null,
    appends: null,
    appendConflicts: null,
    folded: null,
    saves: null,
    viewConflicts: null,
    leasesLost: null,
    requestUnits: null,
    cosmosRequests: null,
    throttled: null,
    requests: null,
    failedRequests: null,
    durations: {},
    bytes: null,
  },
})

/** Operations in which nothing happens. */
export function fakeOperations(parts: Partial<Operations> = {}): FakeOperations {
  const listeners = new Set<(changes: ReadonlySet<OperationsChange>) => void>()
  const nothing = async () => {}
  const operations: FakeOperations = {
    snapshot: () => healthySnapshot(),
    every: 1000,
    budgets: () => [],
    history: {
      names: () => [],
      add: () => {},
      read: (_, from, step) => ({ from, step, average: [], maximum: [] }),
    },
    watchEvents: () => () => {},
    cost: () => ({ readsPerMinute: 0, requestUnitsPerMinute: null, everyMs: 1000 }),
    recentEvents: () => [],
    alerts: () => [],
    pending: () => [],
    rules: () => [],
    silences: () => [],
    isSilenced: () => false,
    openIncidents: () => [],
    incidents: async () => ({ rows: [], next: null }),
    incident: async () => undefined,
    acknowledge: nothing,
    note: nothing,
    resolve: nothing,
    silence: async () => 'silence',
    endSilence: nothing,
    activity: async () => ({ rows: [], next: null }),
    availability: async () => [],
    recordAct: nothing,
    ops: () => ({ error: null, kind: 'memory', bytes: null }),
    subscribe(listener) {
      listeners.add(listener)
      return () => void listeners.delete(listener)
    },
    close: nothing,
    [Symbol.asyncDispose]: nothing,
    ...parts,
    change(others, ...changes) {
      Object.assign(operations, others)
      for (const listener of listeners) listener(new Set(changes))
    },
    get listeners() {
      return listeners.size
    },
  }
  return operations
}
