import { type Processor, type ProcessorOptions, startProcessor } from '../../../src/processor/processor.ts'
import type { Projection } from '../../../src/projections/projection.ts'
import { below, oneOf } from '../../../src/testing/conformance/support/random.ts'
import type { Asked } from '../../../src/testing/simulate/workers/health.ts'
import type { Record } from '../../../src/testing/simulate/workload/projections.ts'
import { beginProcess, type Process } from './process.ts'
import { workerPort } from './worker-port.ts'
import { PACE, tell, type World } from './world.ts'

/** A worker's process, from its start to its end. */
export type Worker = Process & { processor?: Processor; started?: Promise<void>; leaving: boolean }

/** The workers of a run: places, in each of which one process runs after the other. */
export type Workers = {
  readonly places: number
  readonly running: readonly (Worker & Asked)[]
  start(place: number): void
  /** Stops some worker in order; another one starts in its place. */
  leave(): void
  crash(place: number): void
  pause(place: number): void
  skew(place: number): void
  /** Breaks the connections of one place, or of all, for a while. */
  cutOff(place: number | 'all', what: 'leases' | 'all', milliseconds: number): void
  /** Ends every trouble, and starts a process wherever none runs. */
  complete(): void
  /** Stops all of them in order. */
  stop(): Promise<void>
}

// What a worker may tell of while the storage is at its worst. Everything else is a mistake of somebody.
const EXPECTED = ['StorageUnavailable', 'StorageBusy', 'FeedRangeGone', 'ViewContended', 'HandlerFailed']

/** Makes the workers; none runs yet. */
export function createWorkers(
  world: World,
  projections: readonly Projection<Record>[],
  count: number,
  options: Partial<ProcessorOptions>,
): Workers {
  const { faults, random } = world
  const places: (Worker | undefined)[] = Array.from({ length: count }, () => undefined)
  const lives = places.map(() => 0)
  let completed = false

  function start(place: number): void {
    if (places[place]) return
    const life = ++(lives[place] as number)
    const worker: Worker = Object.assign(beginProcess(world, `w${place + 1}.${life}`, true), { leaving: false })
    places[place] = worker
    skew(place)
    // Some give up soon, so that a worker meets with what others wait through.
    const deadline = oneOf(random, [PACE.lease / 2, 5 * PACE.lease])
    const begun = async () => {
      const port = workerPort(world, await worker.open(deadline), worker.clock)
      const { name: workerId, clock } = worker
      const onError = (error: unknown) => report(worker, error)
      worker.processor = await startProcessor(port, projections, { ...options, clock, random, workerId, onError })
      if (worker.leaving) await stop(place, worker)
    }
    worker.started = begun().catch(async (error) => {
      report(worker, error)
      await worker.close()
      end(place, worker)
    })
  }

  function report({ name }: Worker, error: unknown): void {
    const { code = 'no code', status } = error as { readonly code?: unknown; readonly status?: unknown }
    // What the server refuses, and nobody foresaw, is no trouble that passes.
    if (!EXPECTED.includes(String(code)) || status !== undefined) world.fail(`${name} met ${tell(error)}`)
  }

  async function stop(place: number, worker: Worker): Promise<void> {
    await worker.processor?.stop()
    await worker.close()
    end(place, worker)
  }

  function end(place: number, worker: Worker): void {
    if (places[place] !== worker) return
    places[place] = undefined
    if (completed) start(place)
    else world.later(below(random, PACE.restart), () => start(place))
  }

  function skew(place: number): void {
    const worker = places[place]
    if (worker) worker.clock.skew = below(random, PACE.skew + 1) - PACE.skew / 2
  }

  const running = () => places.filter((worker) => worker !== undefined)

  const workers: Workers = {
    places: count,
    get running() {
      return running().map((worker) => Object.assign(worker, { actor: { name: worker.name } }))
    },
    start,
    skew,
    leave() {
      const worker = running().find(({ processor, leaving }) => processor !== undefined && !leaving)
      if (worker === undefined) {
        // None has come so far that it could.
        if (!faults.over) world.later(PACE.poll, () => workers.leave())
        return
      }
      const place = places.indexOf(worker)
      faults.count('leave')
      worker.leaving = true
      stop(place, worker).catch((error) => world.fail(`${worker.name} cannot leave: ${tell(error)}`))
    },
    crash(place) {
      const worker = places[place]
      if (!worker) return
      faults.count('crash')
      worker.crash()
      end(place, worker)
    },
    pause(place) {
      const worker = places[place]
      if (!worker) return
      faults.count('pause')
      worker.clock.pause(below(random, PACE.pause))
    },
    cutOff(place, what, milliseconds) {
      const struck = place === 'all' ? running() : [places[place]]
      faults.count('outage')
      for (const worker of struck) if (worker) worker.line.outage = what
      world.later(milliseconds, () => {
        for (const worker of struck) if (worker) worker.line.outage = undefined
      })
    },
    complete() {
      completed = true
      for (const [place, worker] of places.entries()) {
        if (!worker) start(place)
        else {
          worker.line.outage = undefined
          worker.clock.resume()
        }
      }
    },
    async stop() {
      await Promise.all(
        running().map(async (worker) => {
          await worker.started
          await worker.processor?.stop()
          await worker.close()
        }),
      )
    },
  }
  return workers
}
