import { InvalidConfiguration } from '../../core/errors/input.ts'
import type { StoragePort } from '../../core/port/storage.ts'
import { randomFrom } from '../../core/random.ts'
import { VERSIONS } from '../../views/version-record.ts'
import { below, oneOf } from '../conformance/support/random.ts'
import { openMemory } from '../memory/index.ts'
import { createClients } from './aggregates/clients.ts'
import { aggregatesEnding } from './aggregates/final-checks.ts'
import { createLedger } from './aggregates/ledger.ts'
import { loadChain } from './chain/load.ts'
import { type Ending, ending } from './checks/final-checks.ts'
import { createParkings } from './checks/parkings.ts'
import { createPauses } from './pauses/pauses.ts'
import { loadPeople } from './people/load.ts'
import { reactionEnding } from './reactions/final-checks.ts'
import { createReactionRun } from './reactions/run.ts'
import type { SimulationOptions, SimulationReport } from './report.ts'
import { createTimersRun } from './timers/run.ts'
import { createCommands } from './versions/commands.ts'
import { versionsEnding } from './versions/final-checks.ts'
import { createReleases } from './versions/releases.ts'
import { drawOutages, planTroubles } from './workers/fault-schedule.ts'
import { createOperators } from './workers/operators.ts'
import { createWorkers } from './workers/workers.ts'
import { createLogRecord } from './workload/log-record.ts'
import { createProjections, type Release, type SimulatedData } from './workload/projections.ts'
import { createReaders } from './workload/readers.ts'
import { createWriters } from './workload/writers.ts'
import { createClock } from './world/clock.ts'
import { drawFaults, FAULT_KINDS } from './world/faults.ts'
import { drawParts } from './world/parts.ts'
import { type Actor, createScheduler } from './world/scheduler.ts'
import { PACE } from './world/timings.ts'
import { createTrace } from './world/trace.ts'
import type { World } from './world/world.ts'

export type { SimulationOptions, SimulationReport } from './report.ts'

// Bytes of a view, for everything besides its events.
const NARROW = 6_000

// The same for the state of a chain, which says how far it is sealed on each feed range, however often they are split.
const NARROW_CHAIN = 10_000

/**
 * Runs several workers with their projections in virtual time over a storage that behaves as badly as the port allows,
 * then ends the faults and checks that everything is correct: every view equals a plain fold of the log, each event was
 * folded exactly once and in the order of its stream, all ranges are owned and make progress, and no reader that waited
 * for a view got a stale one.
 *
 * The idea is FoundationDB's deterministic simulation.
 *
 * @throws InvalidConfiguration
 */
export async function simulate(options: SimulationOptions): Promise<SimulationReport> {
  const { seed, events: most = 200, faults: allowed = FAULT_KINDS, trace: keep = 0 } = options
  for (const name of ['events', 'workers', 'ranges'] as const) assertCount(name, options[name] ?? 1)
  if (!Number.isSafeInteger(seed)) throw new InvalidConfiguration('seed', 'must be a whole number')
  const random = (part: number) => randomFrom(Math.imul(seed + 1, 0x9e3779b1) ^ Math.imul(part, 0x85ebca6b))
  const draw = random(1)
  const scheduler = createScheduler(random(2))
  const trace = createTrace(() => scheduler.now, keep)
  const failures: string[] = []
  // A bug that shows with few events is found sooner, and more often, than with many.
  const events = Math.ceil(most * (0.2 + 0.8 * draw()))
  const ranges = options.ranges ?? 1 + below(draw, 4)
  // If views are narrow, their pending events go into separate documents.
  const parts = drawParts(random(8), options.parts)
  const narrow = NARROW + 20 * most + (parts.has('chain') ? NARROW_CHAIN : 0)
  const limits = draw() < 0.5 ? { bytesPerView: narrow } : {}
  const db = openMemory({ ranges, limits, clock: createClock(scheduler), turn: () => Promise.resolve() })
  const world: World = {
    scheduler,
    trace,
    db,
    faults: drawFaults(draw, allowed),
    parts,
    random: random(3),
    parkings: createParkings(scheduler),
    unread: [],
    watchers: [],
    fail(failure) {
      trace.note(`FAILURE: ${failure}`)
      failures.push(failure)
    },
  }
  world.watchers.push(world.parkings.saved)
  const log = createLogRecord()
  const chain = world.parts.has('chain') ? await loadChain(world, random(12)) : undefined
  const writers = createWriters(world, log, random(4), chain?.salted)
  const interpose = (port: StoragePort) => options.interpose?.(port, db) ?? port
  const end = PACE.shortest + below(draw, PACE.longest - PACE.shortest)
  // From when on handlers no longer fail at any event, which may be in the middle of the run.
  const fixedAt = Math.floor(end * (0.4 + 1.2 * draw()))
  const count = options.workers ?? 1 + below(draw, 4)
  const outages = drawOutages(world, draw, count, end)
  const releases = createReleases(world, random(6))
  const reaction = world.parts.has('reactions')
    ? createReactionRun(world, log, random(7), { end, kill: (actor) => workers.kill(actor) })
    : undefined
  const people = world.parts.has('people') ? await loadPeople(world, random(11), interpose) : undefined
  const timers = world.parts.has('timers') ? createTimersRun(world, random(13), interpose, end) : undefined
  const codeOf = (release: Release, actor: Actor) => [
    ...createProjections(trouble, release),
    ...(people?.projections(() => !world.faults.over && scheduler.now < fixedAt) ?? []),
    ...(reaction ? [reaction.of(actor, trouble)] : []),
  ]
  const readers = createReaders(world, log, random(5), createProjections(undefined, releases.at(-1)), interpose)
  const operators = createOperators(
    world,
    (actor, when) => codeOf(when === 'last' ? releases.last : releases.at(below(world.random, count)), actor),
    interpose,
    people?.open,
  )
  const workers = createWorkers(world, {
    count,
    codeOf: (place, actor) => codeOf(releases.at(place), actor),
    skew: oneOf(draw, [0, PACE.skew]),
    interpose,
    open: people?.open,
    work: async (...process) => [...((await chain?.work(...process)) ?? []), ...(timers?.work ?? [])],
    begins: () => reaction?.begins(),
    hasBegun: () => reaction?.hasBegun(),
    processor: {
      pageSize: oneOf(draw, [1, 3, 10, 50, 1_000]),
      leaseDuration: PACE.lease,
      pollInterval: PACE.poll,
      renewInterval: PACE.renew,
      ...options.processor,
    },
    unreachable: (place, call) =>
      outages.some(
        (outage) =>
          outage.from <= scheduler.now &&
          scheduler.now < outage.to &&
          call.startsWith(outage.calls) &&
          (outage.place ?? place) === place,
      ),
  })
  const endings: Ending[] = []

  await run()
  return {
    seed,
    failures,
    steps: scheduler.steps,
    time: scheduler.now,
    events: writers.events,
    faults: world.faults.counts,
    parts: world.parts.counts,
    hash: trace.hash(),
    trace: trace.lines,
  }

  function trouble({ streamId, version }: { readonly streamId: string; readonly version: number }): void {
    if (world.faults.over) return
    const event = log.streams.get(streamId)?.[version - 1]
    const poisoned = event && 'data' in event && (event.data as SimulatedData).poisoned
    if (poisoned && scheduler.now < fixedAt) throw new Error('poisoned')
    if (world.faults.strikes('throw')) throw new Error('thrown for once')
  }

  async function run(): Promise<void> {
    await appendBefore()
    appendMeanwhile()
    planTroubles(world, draw, { workers, writers, operators }, end)
    planParts()
    for (let place = 0; place < count; place++) {
      scheduler.after(draw() < 0.5 ? 0 : below(draw, end), undefined, () => workers.start(place))
    }
    await scheduler.runUntil(end)
    world.faults.end()
    trace.note('the faults are over')
    workers.complete()
    const projections = () => codeOf(releases.last, observer)
    await ending(world, {
      log,
      writers,
      readers,
      workers,
      operators,
      projections,
      consumers: [...(chain?.consumers ?? []), ...(timers?.consumers ?? [])],
      parts: endings,
    })
  }

  /** Runs the parts of this run. */
  function planParts(): void {
    const draw = random(9)
    const often = (most: number, happen: () => void) => {
      for (let left = 1 + below(draw, most); left > 0; left--) scheduler.after(below(draw, end), undefined, happen)
    }
    often(20, () => readers.look())
    if (world.parts.has('names')) often(3, () => workers.double(below(draw, count)))
    if (world.parts.has('clocks')) {
      often(3, () => workers.leap(below(draw, count), Math.min(below(draw, PACE.outage), end - scheduler.now)))
    }
    if (world.parts.has('versions')) {
      const commands = createCommands(world, releases.name, interpose)
      often(5, () => releases.deploy(below(draw, count), workers))
      often(6, () =>
        commands.give(draw, 1 + below(draw, releases.newest), (version) => releases.vacate(version, workers)),
      )
      // A reader that saw a view before a switch must not see an older one after it.
      world.watchers.push(({ projection, key }) => {
        if (projection === VERSIONS && key === releases.name) readers.lookAtAll(releases.name)
      })
      endings.push(versionsEnding(world, { releases, commands, workers, log }))
    }
    if (world.parts.has('aggregates')) {
      const ledger = createLedger()
      const clients = createClients(world, ledger, draw, interpose)
      often(16, () => clients.act())
      often(4, () => clients.close())
      often(6, () => clients.look())
      endings.push(aggregatesEnding(world, clients, ledger))
    }
    if (world.parts.has('pauses')) {
      const pauses = createPauses(world, interpose)
      const pauseDraw = random(10)
      for (let left = 2 + below(pauseDraw, 10); left > 0; left--) {
        scheduler.after(below(pauseDraw, end), undefined, () => pauses.toggle(pauseDraw))
      }
      endings.push(pauses.ending(writers, () => codeOf(releases.last, observer)))
    }
    if (people) {
      for (const [most, happen] of people.happenings) often(most, happen)
      endings.push(people.ending)
    }
    if (chain) {
      for (const [most, happen] of chain.happenings) often(most, happen)
      // First: others append at the end what is not sealed at once.
      endings.unshift(chain.ending)
    }
    if (timers) {
      for (const [most, happen] of timers.happenings) often(most, happen)
      endings.push(timers.ending)
    }
    if (reaction) endings.push(reactionEnding(world, { log, writers, ...reaction.seen }))
  }

  /** Appends a part before the first read, sometimes into partitions that are then merged. */
  async function appendBefore(): Promise<void> {
    const bounds = ['08000000', '10000000', '18000000', '20000000', '28000000']
    const merged = draw() < 0.3 && allowed.includes('merge') ? bounds.slice(0, 1 + below(draw, 4)) : []
    for (const hash of merged) db.split(hash)
    const backlog = events * draw() ** 2
    while (writers.events < backlog) await writers.append()
    for (const hash of merged) db.merge(hash)
    // The first reader sees the current partitions as ranges.
    if (merged.length > 0) db.state.ranges = db.state.partitions.map(({ min, max }) => ({ min, max }))
  }

  function appendMeanwhile(): void {
    const left = Math.floor((events - writers.events) * draw())
    // An append has 2.5 events on average.
    for (let i = 0; i < left / 2.5; i++) {
      scheduler.after(below(draw, end), undefined, async () => {
        if (writers.events >= events) return
        const appended = await writers.append()
        if (appended && draw() < 0.1) readers.waitFor(appended, 1 + below(draw, 2 * PACE.longest))
      })
    }
  }
}

const observer: Actor = { name: 'observer', alive: false, pausedUntil: 0 }

function assertCount(setting: string, value: number): void {
  if (!Number.isSafeInteger(value) || value < 1) {
    throw new InvalidConfiguration(setting, 'must be a whole number from 1')
  }
}
