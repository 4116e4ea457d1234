import type { StoragePort } from '../../core/port/storage.ts'
import type { ProcessorOptions } from '../../processor/processor.ts'
import { below, oneOf, randomFrom } from '../conformance/support/random.ts'
import { type MemoryStorage, openMemory } from '../memory/index.ts'
import { leasesOf, unsettled, wrongViews } from './checks.ts'
import { createClock } from './clock.ts'
import { drawFaults, FAULT_KINDS, type FaultKind } from './faults.ts'
import { createLogRecord } from './log-record.ts'
import { createReaders } from './readers.ts'
import { createScheduler } from './scheduler.ts'
import { createTrace } from './trace.ts'
import { drawOutages, planTroubles } from './troubles.ts'
import { createWorkers } from './workers.ts'
import type { World } from './world.ts'
import { createWriters } from './writers.ts'

/** What is simulated; the seed decides whatever is not given. */
export type SimulationOptions = {
  /** A whole number; the same one gives the same run. */
  readonly seed: number
  /** Events that are appended at most; default 200. */
  readonly events?: number
  /** Workers: by default 1 to 4. */
  readonly workers?: number
  /** Feed ranges at the beginning: by default 1 to 4. */
  readonly ranges?: number
  /** What may go wrong; by default everything. */
  readonly faults?: readonly FaultKind[]
  /** Options of every worker's processor. */
  readonly processor?: Partial<ProcessorOptions>
  /** Puts something between every worker and its storage, something that is broken on purpose, say. */
  readonly interpose?: (port: StoragePort, db: MemoryStorage) => StoragePort
  /** How many of the last lines of the trace the report shall hold; default 0. */
  readonly trace?: number
}

/** What came of a simulation. */
export type SimulationReport = {
  readonly seed: number
  /** What must not be; empty when all is well. */
  readonly failures: readonly string[]
  /** How much happened, one thing after the other. */
  readonly steps: number
  /** Virtual milliseconds. */
  readonly time: number
  /** Events that were appended. */
  readonly events: number
  /** How often each kind of fault struck. */
  readonly faults: Readonly<Partial<Record<FaultKind, number>>>
  /** A fingerprint of everything that happened: equal for equal runs. */
  readonly hash: string
  readonly trace: readonly string[]
}

// Virtual milliseconds: for catching up once the faults are over, for one more event, and for stopping.
const SETTLED_WITHIN = 120_000
const FOLDED_WITHIN = 30_000
const STOPPED_WITHIN = 30_000
const LOOK = 250

/**
 * Runs several workers with their projections in virtual time over a storage that behaves as badly as the port allows,
 * then lets the faults end and looks whether everything is as it should be: every view equals a plain fold of the log,
 * each event was folded exactly once and in the order of its stream, all ranges are owned and go on, and nobody who
 * waited for a view was given something stale.
 *
 * The idea is FoundationDB's deterministic simulation.
 */
export async function simulate(options: SimulationOptions): Promise<SimulationReport> {
  const { seed, events = 200, faults: allowed = FAULT_KINDS, trace: keep = 0 } = options
  const random = (part: number) => randomFrom(Math.imul(seed + 1, 0x9e3779b1) ^ Math.imul(part, 0x85ebca6b))
  const draw = random(1)
  const scheduler = createScheduler(random(2))
  const trace = createTrace(() => scheduler.now, keep)
  const failures: string[] = []
  const ranges = options.ranges ?? 1 + below(draw, 4)
  const db = openMemory({ ranges, clock: createClock(scheduler), turn: () => Promise.resolve() })
  const world: World = {
    scheduler,
    trace,
    db,
    faults: drawFaults(draw, allowed),
    random: random(3),
    fail(failure) {
      trace.note(`FAILURE: ${failure}`)
      failures.push(failure)
    },
  }
  const log = createLogRecord()
  const writers = createWriters(world, log, random(4))
  const readers = createReaders(world, log, random(5))
  const end = 2_000 + below(draw, 40_000)
  const count = options.workers ?? 1 + below(draw, 4)
  const outages = drawOutages(world, draw, count, end)
  const workers = createWorkers(world, {
    count,
    skew: oneOf(draw, [0, 1_000]),
    interpose: (port) => options.interpose?.(port, db) ?? port,
    processor: { pageSize: oneOf(draw, [1, 3, 10, 50, 1_000]), ...options.processor },
    unreachable: (place, call) =>
      outages.some(
        (outage) =>
          outage.from <= scheduler.now &&
          scheduler.now < outage.to &&
          call.startsWith(outage.calls) &&
          (outage.place ?? place) === place,
      ),
  })

  await run()
  return {
    seed,
    failures,
    steps: scheduler.steps,
    time: scheduler.now,
    events: writers.events,
    faults: world.faults.counts,
    hash: trace.hash(),
    trace: trace.lines,
  }

  async function run(): Promise<void> {
    await appendBefore()
    appendMeanwhile()
    planTroubles(world, draw, workers, writers, end)
    for (let place = 0; place < count; place++) {
      scheduler.after(draw() < 0.5 ? 0 : below(draw, end), undefined, () => workers.start(place))
    }
    await scheduler.runUntil(end)
    world.faults.end()
    trace.note('the faults are over')
    workers.complete()
    if (!(await settled(SETTLED_WITHIN))) return
    // What was sent long ago, by whoever crashed since, may still arrive.
    await scheduler.runUntil(scheduler.now + SETTLED_WITHIN / 4)
    for (const streamId of writers.streams) await writers.append(streamId)
    if (!(await settled(FOLDED_WITHIN))) return
    if (readers.waiting > 0) await scheduler.runUntil(scheduler.now + FOLDED_WITHIN)
    if (readers.waiting > 0) world.fail(`${readers.waiting} who wait for a view are told nothing`)
    for (const wrong of wrongViews(db.state, log)) world.fail(wrong)
    await stopped()
  }

  /** Appends a part before anybody looks, at times into partitions that are merged then. */
  async function appendBefore(): Promise<void> {
    const bounds = ['08000000', '10000000', '18000000', '20000000', '28000000']
    const merged = draw() < 0.3 && allowed.includes('merge') ? bounds.slice(0, 1 + below(draw, 4)) : []
    for (const hash of merged) db.split(hash)
    const backlog = events * draw() ** 2
    while (writers.events < backlog) await writers.append()
    const [first] = db.state.ranges
    for (const hash of merged) db.merge(hash)
    // Who looks for the first time sees the partitions of now as ranges.
    if (first && merged.length > 0) db.state.ranges = db.state.partitions.map(({ min, max }) => ({ min, max }))
  }

  function appendMeanwhile(): void {
    const left = Math.floor((events - writers.events) * draw())
    // An append holds 2.5 events in the mean.
    for (let i = 0; i < left / 2.5; i++) {
      scheduler.after(below(draw, end), undefined, async () => {
        if (writers.events >= events) return
        const appended = await writers.append()
        if (appended && draw() < 0.2) readers.waitFor(appended, 1 + below(draw, 30_000))
      })
    }
  }

  async function settled(within: number): Promise<boolean> {
    const until = scheduler.now + within
    for (;;) {
      const names = workers.running.map(({ actor }) => actor.name)
      const left = unsettled(db.state, names)
      if (left === undefined) return true
      if (scheduler.now >= until) {
        world.fail(`not settled after ${within} ms: ${left}`)
        return false
      }
      await scheduler.runUntil(scheduler.now + LOOK)
    }
  }

  async function stopped(): Promise<void> {
    const { running } = workers
    let all = false
    workers.stop().then(() => {
      all = true
    })
    for (const until = scheduler.now + STOPPED_WITHIN; !all && scheduler.now < until; ) {
      await scheduler.runUntil(scheduler.now + LOOK)
    }
    if (!all) return world.fail(`not stopped after ${STOPPED_WITHIN} ms`)
    for (const { actor } of running) {
      const left = scheduler.waiting(actor)
      if (left > 0) world.fail(`${actor.name} left ${left} calls or timers behind when it stopped`)
    }
    for (const lease of leasesOf(db.state)) {
      if (running.some(({ actor }) => actor.name === lease?.owner)) {
        world.fail(`lease ${lease?.id} still belongs to ${lease?.owner}, which stopped`)
      }
    }
  }
}
