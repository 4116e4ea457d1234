import type { StoragePort } from '../../../core/port/storage.ts'
import { type Processor, type ProcessorOptions, startProcessor } from '../../../processor/processor.ts'
import type { Work } from '../../../processor/work.ts'
import type { Projection } from '../../../projections/projection.ts'
import { below } from '../../conformance/support/random.ts'
import { faultyPort } from '../storage/faulty-port.ts'
import type { Line } from '../storage/network.ts'
import { createClock, type SkewedClock } from '../world/clock.ts'
import type { Actor } from '../world/scheduler.ts'
import { PACE } from '../world/timings.ts'
import type { World } from '../world/world.ts'

/** A worker's process, from its start to its end. */
export type Worker = {
  readonly actor: Actor
  /** The name under which it owns its leases. */
  readonly id: string
  readonly clock: SkewedClock
  /** Absent until it has started. */
  processor?: Processor
  /** Whether it was told to stop. */
  leaving: boolean
  /** Whether it learned that another process has its name. */
  replaced: boolean
}

/** What the workers of a simulation have in common. */
export type WorkerSettings = {
  readonly count: number
  /** What a process that starts at a place runs. */
  readonly codeOf: (place: number, actor: Actor) => readonly Projection[]
  readonly processor: Partial<ProcessorOptions>
  /** Is between a worker and its storage. */
  readonly interpose: (port: StoragePort) => StoragePort
  /** Opens what else a process needs of its storage; absent if that is nothing. */
  readonly open?: OpenPort | undefined
  /** What a process runs besides; absent if that is nothing. */
  readonly work?: ((port: StoragePort, line: Line, clock: SkewedClock) => Promise<readonly Work[]>) | undefined
  /** The maximum difference between clocks, in milliseconds. */
  readonly skew: number
  unreachable(worker: number, call: string): boolean
  /** Called when a process is about to start. */
  begins(): void
  /** Called when a process has started. */
  hasBegun(): void
}

/** Opens a process's storage further, over its network. */
export type OpenPort = (port: StoragePort, line: Line) => Promise<StoragePort>

/** The workers of a simulation: places, in each of which one process runs after the other. */
export type Workers = {
  /** How many places there are. */
  readonly places: number
  /** The processes that are running now. */
  readonly running: readonly Worker[]
  start(place: number): void
  /** Ends a process; returns false if it is none of the workers'. */
  kill(actor: Actor): boolean
  /** Stops the process of a place in order, and starts another one later. */
  leave(place: number): void
  pause(place: number, milliseconds: number): void
  /** Starts another process under the name of the one that runs at a place. */
  double(place: number): void
  /** Those whose names were taken by other processes, and that have not ended yet. */
  readonly former: ReadonlySet<Worker>
  /** Gives the clock of a place another error. */
  skew(place: number): void
  /** Sets the clock of a place off by hours, for a number of milliseconds. */
  leap(place: number, milliseconds: number): void
  /** Requests the status of all of them, which no fault may prevent. */
  ask(): void
  /** Starts a process wherever none runs, and resumes those that are paused. */
  complete(): void
  /** Stops all of them in order. */
  stop(): Promise<unknown>
}

// Errors that a worker may report while the storage is at its worst. Everything else is a bug.
const EXPECTED = [
  'StorageUnavailable',
  'StorageBusy',
  'FeedRangeGone',
  'ViewContended',
  'HandlerFailed',
  'ProcessEnded',
  'DestinationUnavailable',
]
// The same, if versions of a projection are removed, or processes share a name.
const EXPECTED_OF = {
  versions: ['VersionBeingDropped'],
  names: ['WorkerReplaced'],
  people: ['KeysUnavailable'],
} as const

const HOUR = 3_600_000

/** Creates the workers; none is running yet. */
export function createWorkers(world: World, settings: WorkerSettings): Workers {
  const { scheduler, trace, faults, parts, random } = world
  const places: (Worker | undefined)[] = Array.from({ length: settings.count }, () => undefined)
  const lives = places.map(() => 0)
  const former = new Set<Worker>()
  const expected = [...EXPECTED]
  for (const part of ['versions', 'names', 'people'] as const) if (parts.has(part)) expected.push(...EXPECTED_OF[part])

  function start(place: number): void {
    if (places[place]) return
    const life = ++(lives[place] as number)
    const name = `w${place + 1}`
    const actor: Actor = { name: life === 1 ? name : `${name}.${life}`, alive: true, pausedUntil: 0 }
    const id = parts.has('names') ? name : actor.name
    if (id !== actor.name) parts.count('names', 'cameBack')
    const worker: Worker = { actor, id, clock: createClock(scheduler, actor), leaving: false, replaced: false }
    places[place] = worker
    skew(place)
    trace.note(`${actor.name} starts`)
    settings.begins()
    const line: Line = {
      actor,
      faulty: true,
      unreachable: (call) => settings.unreachable(place, call),
      crash: () => crash(place, worker),
    }
    const port = settings.interpose(faultyPort(world, line))
    const begin = async (opened: StoragePort) => {
      const more = (await settings.work?.(opened, line, worker.clock)) ?? []
      return startProcessor(opened, [...settings.codeOf(place, actor), ...more], {
        clock: worker.clock,
        random,
        workerId: id,
        onError: (error) => report(place, worker, error),
        ...settings.processor,
      })
    }
    const starting = settings.open ? settings.open(port, line).then(begin) : begin(port)
    starting.then(
      (processor) => {
        worker.processor = processor
        settings.hasBegun()
        if (worker.leaving) stop(place, worker, 'left')
        if (worker.replaced) stop(place, worker, 'gave way')
      },
      (error) => {
        report(place, worker, error)
        end(place, worker, 'did not start')
      },
    )
  }

  function report(place: number, worker: Worker, error: unknown): void {
    const { actor } = worker
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'no code'
    trace.note(`${actor.name} reports ${error}`)
    if (!expected.includes(code))
      world.fail(`${actor.name} failed with ${error instanceof Error ? error.stack : error}`)
    if (code !== 'WorkerReplaced' || worker.replaced) return
    parts.count('names', 'replaced')
    worker.replaced = true
    stop(place, worker, 'gave way')
  }

  /** Stops a process in order; one that has not started yet is stopped when it has. */
  function stop(place: number, worker: Worker, how: string): void {
    worker.processor?.stop().then(() => end(place, worker, how))
  }

  function crash(place: number, worker: Worker): void {
    if (!worker.actor.alive) return
    worker.actor.alive = false
    end(place, worker, 'crashed')
  }

  function end(place: number, worker: Worker, how: string): void {
    trace.note(`${worker.actor.name} ${how}`)
    if (former.delete(worker) || places[place] !== worker) return
    places[place] = undefined
    scheduler.after(below(random, PACE.restart), undefined, () => start(place))
  }

  function skew(place: number): void {
    const worker = places[place]
    if (worker) worker.clock.skew = below(random, settings.skew + 1) - Math.floor(settings.skew / 2)
  }

  const running = () => places.filter((worker) => worker !== undefined)

  return {
    places: settings.count,
    get running() {
      return running()
    },
    start,
    skew,
    former,
    kill(actor) {
      const worker = [...running(), ...former].find((one) => one.actor === actor)
      if (worker) crash(places.indexOf(worker), worker)
      return worker !== undefined
    },
    double(place) {
      const worker = places[place]
      if (!worker) return
      parts.count('names', 'doubled')
      trace.note(`${worker.actor.name} gets company under its name`)
      former.add(worker)
      places[place] = undefined
      start(place)
    },
    leap(place, milliseconds) {
      const worker = places[place]
      if (!worker) return
      parts.count('clocks', 'leapt')
      worker.clock.skew = (random() < 0.5 ? -1 : 1) * (1 + below(random, 3)) * HOUR
      trace.note(`the clock of ${worker.actor.name} is ${worker.clock.skew} ms off`)
      scheduler.after(milliseconds, undefined, () => {
        if (places[place] === worker) skew(place)
        else worker.clock.skew = 0
      })
    },
    leave(place) {
      const worker = places[place]
      if (!worker || worker.leaving) return
      faults.count('leave')
      trace.note(`${worker.actor.name} leaves`)
      worker.leaving = true
      stop(place, worker, 'left')
    },
    pause(place, milliseconds) {
      const worker = places[place]
      if (!worker) return
      faults.count('pause')
      trace.note(`${worker.actor.name} pauses for ${milliseconds} ms`)
      worker.actor.pausedUntil = scheduler.now + milliseconds
    },
    ask() {
      for (const { actor, processor } of running()) {
        processor?.status().catch((error) => world.fail(`${actor.name} does not report its status: ${error}`))
      }
    },
    complete() {
      for (const [place, worker] of places.entries()) {
        if (!worker) start(place)
        else worker.actor.pausedUntil = Math.min(worker.actor.pausedUntil, scheduler.now)
      }
      for (const { actor } of former) actor.pausedUntil = Math.min(actor.pausedUntil, scheduler.now)
    },
    stop: () => Promise.all(running().map(({ processor }) => processor?.stop())),
  }
}
