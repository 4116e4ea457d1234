import { StorageUnavailable } from '../../../../src/core/errors/storage.ts'
import type { StoragePort } from '../../../../src/core/port/storage.ts'
import type { StorageHealth } from '../../../../src/core/port/storage-health.ts'
import { createEvaluator, type EvaluatorOptions } from '../../../../src/operations/alerts/evaluator.ts'
import { DEFAULT_THRESHOLDS, type Thresholds } from '../../../../src/operations/alerts/thresholds.ts'
import { reportInstance } from '../../../../src/operations/instances/report-instance.ts'
import type { Alert, Fingerprint } from '../../../../src/operations/model/alert.ts'
import type { InstanceKind } from '../../../../src/operations/model/instance-report.ts'
import type { Sampler } from '../../../../src/operations/sampler/sampler.ts'
import { type SamplerOptions, startSampler } from '../../../../src/operations/sampler/start-sampler.ts'
import { type ProcessorOptions, startProcessor } from '../../../../src/processor/processor.ts'
import type { Work } from '../../../../src/processor/work.ts'
import { openMemory } from '../../../../src/testing/memory/index.ts'
import { createClock } from '../../../../src/testing/simulate/world/clock.ts'
import { append, interposed } from '../../processor/support.ts'
import { virtualWorld } from '../../reactions/virtual.ts'
import { applied } from '../alerts/support/watch.ts'

export const SECOND = 1_000
export const MINUTE = 60 * SECOND
export const HOUR = 60 * MINUTE

/** How the storage behaves. */
type Behaviour = {
  /** The calls that fail now, such as `ping`, `leases.list` or `viewStore.save`. */
  fails(call: string, process: string): boolean
  /** Milliseconds that a call takes. */
  takes(call: string, parameters: readonly unknown[]): number
  /** Its disk; null if it tells nothing. */
  disk(): StorageHealth['disk']
}

/** Thresholds under which late views are no fault of their own: most faults make them late. */
export const withoutFreshness = {
  slo: { ...DEFAULT_THRESHOLDS.slo, freshWithin: Number.POSITIVE_INFINITY },
} satisfies Partial<Thresholds>

/** Judges each snapshot by all rules, and logs what changes. */
export function judging(sampler: Sampler, options: EvaluatorOptions) {
  const evaluator = createEvaluator(options)
  let open: ReadonlyMap<Fingerprint, Alert> = new Map()
  const log: string[] = []
  sampler.subscribe((snapshot) => {
    for (const change of evaluator.evaluate(snapshot, [...open.values()]).changes) {
      log.push(`${change.type} ${change.fingerprint} ${change.severity}`)
      open = applied(open, change)
    }
  })
  return { log, openCount: () => open.size }
}

/** A storage, processes over it, and what watches them and judges, in virtual time. */
export function faultyWorld(ranges = 2) {
  const world = virtualWorld(1, ranges)
  const { scheduler, clock } = world
  const storage: Behaviour = { fails: () => false, takes: () => 0, disk: () => null }

  /** What a process opens. */
  function portFor(name: string, own: typeof clock, isAlive: () => boolean): StoragePort {
    const turn = () => (isAlive() ? Promise.resolve() : new Promise<never>(() => {}))
    const port = openMemory({ shared: world.port.state, clock: own, turn })
    async function around<T>(call: string, next: () => Promise<T>, parameters: readonly unknown[]): Promise<T> {
      if (storage.fails(call, name)) throw new StorageUnavailable('The disk is gone')
      const time = storage.takes(call, parameters)
      if (time > 0) await own.sleep(time)
      return next()
    }
    const ping = () => around('ping', port.ping, [])
    async function health(): Promise<StorageHealth> {
      await ping()
      return { ping: 0, bytes: null, disk: storage.disk(), files: [] }
    }
    return { ...interposed(port, around), ping, health }
  }

  /** A process that reports itself, and whose clock can be set. */
  function process(id: string, kind: InstanceKind) {
    const { actor } = world.process(id)
    const own = createClock(scheduler, actor)
    const port = portFor(id, own, () => actor.alive)
    const { telemetry, close } = reportInstance(port, { kind, service: kind, id, clock: own })
    return {
      port,
      clock: own,
      telemetry,
      close: () => world.within(MINUTE, close()),
      /** Kills it. */
      kill() {
        actor.alive = false
      },
      /** Stops it for some milliseconds, as SIGSTOP does. */
      pause(milliseconds: number) {
        actor.pausedUntil = scheduler.now + milliseconds
      },
    }
  }

  return {
    ...world,
    storage,
    process,
    append: (stream: string, ...amounts: number[]) => append(world.port, stream, amounts),
    /** A process that runs projections with the leases of a default worker. */
    async worker(id: string, work: readonly Work[], options: ProcessorOptions = {}) {
      const own = process(id, 'worker')
      const given = { workerId: id, random: world.random, clock: own.clock, telemetry: own.telemetry, ...options }
      const processor = await world.within(MINUTE, startProcessor(own.port, work, given))
      return {
        ...own,
        async stop() {
          await world.within(MINUTE, processor.stop())
          await own.close()
        },
      }
    },
    /** Watches the storage and judges by all rules, from now on. */
    watch(thresholds: Partial<Thresholds> = withoutFreshness, options: Partial<SamplerOptions> = {}) {
      const port = portFor('dashboard', clock, () => true)
      const sampler = startSampler({ storage: port, kind: 'memory', clock, ...options })
      const { log, openCount } = judging(sampler, { every: sampler.every, thresholds })
      return {
        /** What has changed since this was last called, in order. */
        changes: () => log.splice(0),
        /** Lets time pass until so many alerts are open, and returns all changes since the last call. */
        async untilOpen(count: number, within: number): Promise<string[]> {
          const end = scheduler.now + within
          while (openCount() !== count && scheduler.now < end) await world.pass(sampler.every)
          return log.splice(0)
        },
        close: () => world.within(MINUTE, sampler.close()),
      }
    },
  }
}
