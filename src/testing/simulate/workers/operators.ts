import { StorageBusy, StorageUnavailable } from '../../../core/errors/storage.ts'
import { NotParked, ViewContended } from '../../../core/errors/view.ts'
import type { StoragePort } from '../../../core/port/storage.ts'
import { parkedSequences } from '../../../processor/parking/parked-sequences.ts'
import type { Projection } from '../../../projections/projection.ts'
import { oneOf } from '../../conformance/support/random.ts'
import { faultyPort } from '../storage/faulty-port.ts'
import type { Record } from '../workload/projections.ts'
import { createClock } from '../world/clock.ts'
import type { Actor } from '../world/scheduler.ts'
import type { World } from '../world/world.ts'

/** Those who replay parked sequences, each in a process of its own. */
export type Operators = {
  /** Somebody replays what is parked of some projection, or tries it out, and meets with what goes wrong. */
  replay(random: () => number): void
  /** Replays all that is parked. What stays parked is a failure, once handlers are mended. */
  replayAll(): Promise<void>
}

// What may come of a replay while workers work and the storage is at its worst.
const EXPECTED = [NotParked, ViewContended, StorageUnavailable, StorageBusy]

/** Makes the operators; `interpose` stands between them and their storage. */
export function createOperators(
  world: World,
  projections: readonly Projection<Record>[],
  interpose: (port: StoragePort) => StoragePort,
): Operators {
  const { trace, faults, random, scheduler } = world
  let count = 0

  function sequencesOf(projection: Projection<Record>, faulty: boolean) {
    const actor: Actor = { name: `op${++count}`, alive: true, pausedUntil: 0 }
    const crash = () => {
      actor.alive = false
    }
    const port = interpose(faultyPort(world, { actor, faulty, unreachable: () => false, crash }))
    return {
      name: actor.name,
      sequences: parkedSequences(port, projection, { clock: createClock(scheduler, actor), random }),
    }
  }

  return {
    replay(draw) {
      faults.count('replay')
      const { name, sequences } = sequencesOf(oneOf(draw, projections), true)
      const dryRun = draw() < 0.3
      const work = async () => {
        for (const { key } of (await sequences.list()).items) {
          trace.note(`${name} ${dryRun ? 'tries to replay' : 'replays'} ${key}`)
          await sequences.replay(key, { dryRun })
        }
      }
      work().catch((error) => {
        trace.note(`${name} tells ${error}`)
        if (EXPECTED.some((kind) => error instanceof kind)) return
        world.fail(`${name} met ${error instanceof Error ? error.stack : error}`)
      })
    },
    async replayAll() {
      for (const projection of projections) {
        const { name, sequences } = sequencesOf(projection, false)
        for (const { key } of (await sequences.list()).items) {
          trace.note(`${name} replays ${key}`)
          const { unparked, error } = await sequences.replay(key)
          if (!unparked) world.fail(`${projection.name} ${key} stays parked: ${error?.message}`)
        }
      }
    },
  }
}
