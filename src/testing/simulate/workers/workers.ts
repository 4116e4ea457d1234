import type { StoragePort } from '../../../core/port/storage.ts'
import { type Processor, type ProcessorOptions, startProcessor } from '../../../processor/processor.ts'
import type { Projection } from '../../../projections/projection.ts'
import { below } from '../../conformance/support/random.ts'
import { faultyPort } from '../storage/faulty-port.ts'
import type { Record } from '../workload/projections.ts'
import { createClock, type SkewedClock } from '../world/clock.ts'
import { PACE } from '../world/pace.ts'
import type { Actor } from '../world/scheduler.ts'
import type { World } from '../world/world.ts'

/** A worker's process, from its start to its end. */
export type Worker = {
  readonly actor: Actor
  readonly clock: SkewedClock
  /** Absent until it has started. */
  processor?: Processor
  /** Whether it was told to stop. */
  leaving: boolean
}

/** What the workers of a simulation have in common. */
export type WorkerSettings = {
  readonly count: number
  readonly projections: readonly Projection<Record>[]
  readonly processor: Partial<ProcessorOptions>
  /** Stands between a worker and its storage. */
  readonly interpose: (port: StoragePort) => StoragePort
  /** Milliseconds by which clocks differ at most. */
  readonly skew: number
  unreachable(worker: number, call: string): boolean
}

/** The workers of a simulation: places, in each of which one process runs after the other. */
export type Workers = {
  /** How many places there are. */
  readonly places: number
  /** The processes that run now. */
  readonly running: readonly Worker[]
  start(place: number): void
  /** Lets the process of a place stop in order, and starts another one later. */
  leave(place: number): void
  pause(place: number, milliseconds: number): void
  /** Gives the clock of a place another error. */
  skew(place: number): void
  /** Asks all of them how they are, which no trouble may keep them from telling. */
  ask(): void
  /** Starts a process wherever none runs, and wakes those that stand still. */
  complete(): void
  /** Stops all of them in order. */
  stop(): Promise<unknown>
}

// What a worker may tell of while the storage is at its worst. Everything else is a mistake of somebody.
const EXPECTED = ['StorageUnavailable', 'StorageBusy', 'FeedRangeGone', 'ViewContended', 'HandlerFailed']

/** Makes the workers; none runs yet. */
export function createWorkers(world: World, settings: WorkerSettings): Workers {
  const { scheduler, trace, faults, random } = world
  const places: (Worker | undefined)[] = Array.from({ length: settings.count }, () => undefined)
  const lives = places.map(() => 0)

  function start(place: number): void {
    if (places[place]) return
    const life = ++(lives[place] as number)
    const actor: Actor = { name: life === 1 ? `w${place + 1}` : `w${place + 1}.${life}`, alive: true, pausedUntil: 0 }
    const clock = createClock(scheduler, actor)
    const worker: Worker = { actor, clock, leaving: false }
    places[place] = worker
    skew(place)
    trace.note(`${actor.name} starts`)
    const port = faultyPort(world, {
      actor,
      faulty: true,
      unreachable: (call) => settings.unreachable(place, call),
      crash: () => crash(place, worker),
    })
    startProcessor(settings.interpose(port), settings.projections, {
      clock,
      random,
      workerId: actor.name,
      onError: (error) => report(actor, error),
      ...settings.processor,
    }).then(
      (processor) => {
        worker.processor = processor
        if (worker.leaving) processor.stop()
      },
      (error) => {
        report(actor, error)
        end(place, worker, 'did not start')
      },
    )
  }

  function report(actor: Actor, error: unknown): void {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'no code'
    trace.note(`${actor.name} tells ${error}`)
    if (!EXPECTED.includes(code)) world.fail(`${actor.name} met ${error instanceof Error ? error.stack : error}`)
  }

  function crash(place: number, worker: Worker): void {
    if (places[place] !== worker) return
    worker.actor.alive = false
    end(place, worker, 'crashed')
  }

  function end(place: number, { actor }: Worker, how: string): void {
    trace.note(`${actor.name} ${how}`)
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
    leave(place) {
      const worker = places[place]
      if (!worker?.processor || worker.leaving) return
      faults.count('leave')
      trace.note(`${worker.actor.name} leaves`)
      worker.leaving = true
      worker.processor.stop().then(() => {
        if (places[place] === worker) end(place, worker, 'left')
      })
    },
    pause(place, milliseconds) {
      const worker = places[place]
      if (!worker) return
      faults.count('pause')
      trace.note(`${worker.actor.name} stands still for ${milliseconds} ms`)
      worker.actor.pausedUntil = scheduler.now + milliseconds
    },
    ask() {
      for (const { actor, processor } of running()) {
        processor?.status().catch((error) => world.fail(`${actor.name} does not tell how it is: ${error}`))
      }
    },
    complete() {
      for (const [place, worker] of places.entries()) {
        if (!worker) start(place)
        else worker.actor.pausedUntil = Math.min(worker.actor.pausedUntil, scheduler.now)
      }
    },
    stop: () => Promise.all(running().map(({ processor }) => processor?.stop())),
  }
}
