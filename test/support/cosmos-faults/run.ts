import { type AppendMode, openCosmosPort } from '../../../src/adapters/cosmos/index.ts'
import type { Clock } from '../../../src/core/clock.ts'
import type { FeedRange } from '../../../src/core/port/change-feed.ts'
import type { StoragePort } from '../../../src/core/port/storage.ts'
import { randomFrom } from '../../../src/core/random.ts'
import {
  cosmosEmulator,
  FAULT_KINDS as EMULATOR_FAULTS,
  type FaultKind as EmulatorFault,
  type FaultHook,
  type PipelineRequestLike,
  STRICT,
  seededFaults,
  USUAL_FAULT_KINDS,
} from '../../../src/cosmos-emulator/index.ts'
import { below, oneOf } from '../../../src/testing/conformance/support/random.ts'
import { createParkings } from '../../../src/testing/simulate/checks/parkings.ts'
import { createProjections, type SimulatedData } from '../../../src/testing/simulate/workload/projections.ts'
import { drawFaults, FAULT_KINDS, type FaultKind, type Faults } from '../../../src/testing/simulate/world/faults.ts'
import { lookInto } from './acknowledged-events.ts'
import { isHarmed, unharmedClient } from './event-line.ts'
import { merge, planTroubles } from './fault-schedule.ts'
import { ending } from './final-checks.ts'
import { beginProcess } from './process.ts'
import { beginReaders } from './readers.ts'
import { beginRunClock } from './run-clock.ts'
import { tellRun } from './tell-run.ts'
import { createTrail } from './trail.ts'
import { createWatch } from './watch.ts'
import { createWorkers } from './workers.ts'
import { DATABASE, PACE, tell, type World } from './world.ts'
import { createWriters } from './writers.ts'

/** What is run; the seed decides the rest, though not how all that runs at once meets. */
export type RunOptions = {
  readonly seed: number
  readonly append: AppendMode
  /** Physical partitions of the events at the beginning. */
  readonly partitions: number
  /** Whether the emulator is as strict as the service may be, and its scripts are refused and blocked; by default not. */
  readonly strict?: boolean
  /** Whether everything that can go wrong does, and often; by default the seed decides. */
  readonly everything?: boolean
  /** How many commits the oldest replica that answers for views is behind; by default the seed decides. */
  readonly staleViews?: number
  /** Puts something between every process and its storage, something that is broken on purpose, say. */
  readonly interpose?: (port: StoragePort) => StoragePort
  /** Changes requests on their way. */
  readonly tamper?: (request: PipelineRequestLike) => PipelineRequestLike
}

/** What came of a run. */
export type RunReport = {
  /** What must not be; empty when all is well. */
  readonly failures: readonly string[]
  /** What was run, what went wrong in it, and what led to each failure. */
  told(): string
  readonly faults: Readonly<Partial<Record<FaultKind, number>>>
  /** How often each kind of fault of the emulator struck. */
  readonly strikes: Readonly<Record<EmulatorFault, number>>
  readonly appends: number
}

// How likely each fault of the emulator strikes a request where all of them do, unless it is as usual. Scripts are run
// less often than other requests are made.
const OFTEN: Partial<Record<EmulatorFault, number>> = { scriptRefused: 0.2, scriptBlocked: 0.05 }
const WRITERS = 3
const BACKLOG = 25

/**
 * Lets writers, processors and readers work over an emulator of Azure Cosmos DB, in real time as far as the machine
 * lets them, while requests fail,
 * partitions split and merge, replicas are old and workers come and go; then lets the faults end and looks whether
 * everything is as it should be.
 */
export async function runUnderFaults(options: RunOptions): Promise<RunReport> {
  const { seed, append, partitions, strict = false, everything = false, staleViews } = options
  const random = (part: number) => randomFrom(Math.imul(seed + 1, 0x9e3779b1) ^ Math.imul(part, 0x85ebca6b))
  const draw = random(1)
  const failures: string[] = []
  const fail = (failure: string) => void failures.push(failure)
  const clock = beginRunClock()
  const parkings = createParkings({
    get now() {
      return clock.now()
    },
  })
  const faults = everything ? allFaults(random(2)) : drawFaults(draw, FAULT_KINDS)
  const kinds = strict ? EMULATOR_FAULTS : USUAL_FAULT_KINDS
  const often = everything ? { rates: Object.fromEntries(kinds.map((kind) => [kind, OFTEN[kind] ?? 0.02])) } : {}
  const trail = createTrail(clock)
  const strikes = seededFaults({
    seed,
    longest: PACE.late,
    kinds,
    strikes: ({ headers }) => isHarmed(headers),
    ...often,
  })
  const watch = createWatch(parkings, fail)
  const merged = faults.times('merge', 2) > 0 ? partitions : 0
  const emulator = cosmosEmulator({
    ...(strict && STRICTEST),
    seed,
    clock,
    partitions: (_, container) => (container === 'events' ? partitions + merged : below(draw, 3) + 1),
    faults: watched(watch, counted(faults, strikes.hook)),
  })
  const truth = lookInto(emulator)
  const staleness = random(3)
  const oldest = everything ? 3 : oneOf(draw, [0, 1, 3])
  emulator.staleReads = (_, container) => {
    const most = container === 'views' ? (staleViews ?? oldest) : oldest
    const behind = truth.readers > 0 || faults.over ? 0 : below(staleness, most + 1)
    if (behind > 0) faults.count('staleRead')
    return behind
  }

  const told: FeedRange[] = []
  const later = createLater(clock, fail)
  const world: World = {
    emulator,
    clock,
    append,
    faults,
    random: random(4),
    parkings,
    trail,
    interpose(port) {
      const given = options.interpose?.(port) ?? port
      return { ...given, feed: { ...given.feed, ranges: () => given.feed.ranges().then(remember) } }
    },
    tamper: options.tamper ?? ((request) => request),
    later: later.add,
    fail,
  }
  function remember(ranges: readonly FeedRange[]): readonly FeedRange[] {
    told.push(...ranges)
    return ranges
  }

  const client = unharmedClient(emulator)
  await (await openCosmosPort(client, { database: DATABASE, append, setup: true })).close()
  client.dispose()
  const custodian = beginProcess(world, 'custodian', false)
  const port = await custodian.open()
  const writers = createWriters(world, random(5))
  const end = everything ? PACE.longest : PACE.shortest + below(draw, PACE.longest - PACE.shortest)
  // From when on handlers fail at no event any more, which may be in the midst of it all.
  const mended = clock.now() + end * (0.4 + 0.8 * draw())
  const projections = createProjections(trouble)

  function trouble({ data }: { readonly data?: SimulatedData }): void {
    if (faults.over) return
    if (data?.poisoned && clock.now() < mended) throw new Error('poisoned')
    if (faults.strikes('throw')) throw new Error('thrown for once')
  }

  // Appended before anybody looks, in part into partitions that are merged then, so that streams share LSNs.
  const versions = new Map<string, number>()
  const backlog = below(draw, BACKLOG)
  for (let i = 0; i < backlog; i++) await writers.append(port, versions)
  for (let i = 0; i < merged; i++) merge(world, 'events')

  const workers = createWorkers(world, projections, everything ? 3 : 1 + below(draw, 4), {
    pageSize: oneOf(draw, [3, 10, 50, 1_000]),
    leaseDuration: PACE.lease,
    pollInterval: PACE.poll,
    renewInterval: PACE.renew,
  })
  for (let place = 0; place < workers.places; place++) {
    later.add(draw() < 0.5 ? 0 : below(draw, end / 2), () => workers.start(place))
  }
  const readers = await beginReaders(world, random(6), 2)
  planTroubles(world, truth, { workers, writers, projections }, end)
  await Promise.all([...Array.from({ length: WRITERS }, (_, i) => write(`p${i + 1}`)), clock.sleep(end)])

  async function write(name: string): Promise<void> {
    const process = beginProcess(world, name, true)
    const known = new Map<string, number>()
    process.clock.skew = below(world.random, PACE.skew)
    try {
      const handle = await process.open(3 * PACE.lease)
      for (const until = clock.now() + end; clock.now() < until; await clock.sleep(below(world.random, 60))) {
        const appended = await writers.append(handle, known)
        if (world.random() < 0.1) readers.query()
        if (appended && world.random() < 0.4) readers.waitFor(appended, 1 + below(world.random, 2 * PACE.longest))
      }
    } catch (error) {
      if (!/StorageUnavailable|StorageBusy/.test(String((error as { code?: unknown }).code))) fail(tell(error))
    } finally {
      await process.close()
    }
  }

  faults.end()
  strikes.end()
  workers.complete()
  await later.over()
  workers.complete()
  await ending(world, { truth, writers, readers, workers, projections, port, told })
  await workers.stop()
  await readers.close()
  await custodian.close()
  clock.stop()
  return {
    failures,
    told: () => tellRun(options, { all: faults.counts, emulator: strikes.counts }, failures, trail),
    faults: faults.counts,
    strikes: strikes.counts,
    appends: writers.attempts.length,
  }
}

// Whoever looks into the containers past the adapter does so by new clients, each of which reads their definitions.
const STRICTEST = { ...STRICT, metadataRequests: Number.POSITIVE_INFINITY }

// What has few occasions in a run, most of all on a busy machine.
const OFTENER: Partial<Record<FaultKind, number>> = { wakeup: 0.5, reread: 0.2 }

/** Everything strikes: what is drawn for each kind is drawn as likely as it can be. */
function allFaults(random: () => number): Faults {
  const certain = drawFaults(() => 0.5, FAULT_KINDS)
  const counts = certain.counts
  return {
    ...certain,
    times: (_, most) => most,
    strikes(kind) {
      if (certain.over || random() >= (OFTENER[kind] ?? 0.05)) return false
      certain.count(kind)
      return true
    },
    get over() {
      return certain.over
    },
    counts,
  }
}

// Throttled, met by another write, and a script that is blocked.
const BUSY = new Set([429, 449, 403])

/** Counts what the emulator does as what the simulator calls it. */
function counted(faults: Faults, hook: FaultHook): FaultHook {
  return (request, response) => {
    const fault = hook(request, response)
    if (fault === undefined) return undefined
    const isBusy = fault.refusesCall !== undefined || BUSY.has(fault.answer?.status ?? 0)
    if (fault.delay !== undefined) faults.count('late')
    else faults.count(isBusy ? 'busy' : response === undefined ? 'lost' : 'answerLost')
    return fault
  }
}

const watched =
  (watch: ReturnType<typeof createWatch>, hook: FaultHook): FaultHook =>
  (request, response) => {
    watch(request, response)
    return hook(request, response)
  }

/** What happens later; a run ends when all of it has. */
function createLater(clock: Clock, fail: (failure: string) => void) {
  const due = new Set<Promise<unknown>>()
  return {
    add(milliseconds: number, happen: () => unknown): void {
      const done = clock
        .sleep(milliseconds)
        .then(happen)
        .catch((error) => fail(tell(error)))
        .finally(() => due.delete(done))
      due.add(done)
    },
    async over(): Promise<void> {
      while (due.size > 0) await Promise.all(due)
    },
  }
}
