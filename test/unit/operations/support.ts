import { createHistory } from '../../../src/operations/history/history.ts'
import type { RuleName, Severity, Subject } from '../../../src/operations/model/alert.ts'
import type { AlertChange } from '../../../src/operations/model/evaluation.ts'
import type { Evaluator } from '../../../src/operations/model/parts.ts'
import type { Snapshot } from '../../../src/operations/model/snapshot.ts'
import { type OperationsOptions, openOperations } from '../../../src/operations/open-operations.ts'
import type { Sampler } from '../../../src/operations/sampler/sampler.ts'
import { openMemory } from '../../../src/testing/memory/index.ts'
import { createClock } from '../../../src/testing/simulate/world/clock.ts'
import type { Actor } from '../../../src/testing/simulate/world/scheduler.ts'
import { withViews } from '../../../src/views/with-views.ts'
import { virtualWorld } from '../reactions/virtual.ts'

/** A snapshot of a storage that is well, and of which nothing else is known. */
export const snapshotAt = (at: number, rest: Partial<Snapshot> = {}): Snapshot => ({
  at,
  storage: {
    ok: true,
    ping: 1,
    error: null,
    succeeded: 1,
    failed: 0,
    health: null,
    kind: 'memory',
    incarnation: null,
  },
  workers: null,
  versions: null,
  instances: null,
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
  ...rest,
})

const range = (id: string): Subject => ({ kind: 'range', id })

/** What an evaluation decides of `RangeStalled` of a range, unless another rule is named. */
export function change(
  type: AlertChange['type'],
  id: string,
  at: number,
  { rule = 'RangeStalled', severity = 'critical' }: { rule?: RuleName; severity?: Severity } = {},
): AlertChange {
  const subject = range(id)
  return { type, fingerprint: `${rule}/range/${id}`, rule, subject, severity, message: `${id} is stalled`, at }
}

/** A sampler that takes the snapshots that it is given. */
export function fakeSampler(every = 1_000) {
  const listeners = new Set<(snapshot: Snapshot) => void>()
  let latest: Snapshot | null = null
  const close = async () => {}
  const sampler: Sampler = {
    every,
    history: createHistory(),
    latest: () => latest,
    subscribe(listener) {
      listeners.add(listener)
      return () => void listeners.delete(listener)
    },
    watchEvents: () => () => {},
    recentEvents: () => [],
    cost: () => ({ readsPerMinute: 0, requestUnitsPerMinute: null, everyMs: every }),
    close,
    [Symbol.asyncDispose]: close,
  }
  return {
    sampler,
    take(snapshot: Snapshot) {
      latest = snapshot
      for (const listener of listeners) listener(snapshot)
    },
  }
}

/** An evaluator that decides what it is told to, at the next snapshot. */
export function fakeEvaluator() {
  let next: readonly AlertChange[] = []
  let saved: object = {}
  const evaluator: Evaluator = {
    evaluate() {
      const changes = next
      next = []
      return { changes, pending: [], rules: [], gap: null }
    },
    save: () => ({ ...saved }),
    budgets: () => [],
    load: (loaded) => {
      saved = loaded
    },
  }
  return {
    evaluator,
    decide: (...changes: readonly AlertChange[]) => {
      next = changes
    },
    saved: () => saved,
    keep: (one: object) => {
      saved = one
    },
  }
}

/** A storage of operations, and dashboards over it, in virtual time. */
export function operationsWorld(seed = 1) {
  const world = virtualWorld(seed, 2)
  const { scheduler, port, clock: time } = world

  /** Opens a dashboard; it ends without a word when its actor is no longer alive. */
  async function open(
    name: string,
    wrap: (store: typeof port) => typeof port = (store) => store,
    options: Partial<OperationsOptions> = {},
  ) {
    const actor: Actor = { name, alive: true, pausedUntil: 0 }
    const clock = createClock(scheduler, actor)
    const turn = () => (actor.alive ? Promise.resolve() : new Promise<never>(() => {}))
    const own = wrap(openMemory({ shared: port.state, clock, turn }))
    const { sampler, take } = fakeSampler()
    const { evaluator, decide, saved, keep } = fakeEvaluator()
    const store = withViews(own, { clock })
    const opening = openOperations({
      store,
      storeKind: 'memory',
      sampler,
      evaluator,
      clock,
      random: world.random,
      ...options,
    })
    const operations = await world.within(5_000, opening)
    /** Takes one snapshot after another, a second apart, the first of which finds the changes. */
    async function beat(changes: readonly AlertChange[] = [], seconds = 1, rest: Partial<Snapshot> = {}) {
      decide(...changes)
      for (let i = 0; i < seconds; i++) {
        take(snapshotAt(time.now(), rest))
        await world.pass(1_000)
      }
    }
    const kill = () => {
      actor.alive = false
    }
    return { operations, beat, take, saved, keep, sampler, kill }
  }

  return { ...world, open, now: () => time.now() }
}
