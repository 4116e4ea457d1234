import { KeysUnavailable } from '../../../core/errors/privacy.ts'
import { DestinationUnavailable } from '../../../core/errors/reaction.ts'
import { StorageBusy, StorageUnavailable } from '../../../core/errors/storage.ts'
import { NotParked, ViewContended } from '../../../core/errors/view.ts'
import type { StoragePort } from '../../../core/port/storage.ts'
import { parkedSequences } from '../../../processor/replay/parked-sequences.ts'
import type { Projection } from '../../../projections/projection.ts'
import { oneOf } from '../../conformance/support/random.ts'
import { faultyPort } from '../storage/faulty-port.ts'
import { createClock } from '../world/clock.ts'
import type { Actor } from '../world/scheduler.ts'
import type { World } from '../world/world.ts'
import type { OpenPort } from './workers.ts'

/** Operators that replay parked sequences, each in its own process. */
export type Operators = {
  /** An operator replays what is parked of some projection, or does a dry run, and may fail. */
  replay(random: () => number): void
  /** Replays everything that is parked. What stays parked is a failure, once handlers are fixed. */
  replayAll(): Promise<void>
}

// Errors that a replay may get while workers run and the storage is at its worst.
const EXPECTED = [NotParked, ViewContended, StorageUnavailable, StorageBusy, KeysUnavailable, DestinationUnavailable]

/** The code of an operator's process: the current one, or that of one of the running workers. */
export type CodeOf = (actor: Actor, when: 'meanwhile' | 'last') => readonly Projection[]

/** Creates the operators; `interpose` is between them and their storage. */
export function createOperators(
  world: World,
  codeOf: CodeOf,
  interpose: (port: StoragePort) => StoragePort,
  open?: OpenPort,
): Operators {
  const { trace, faults, random, scheduler } = world
  let count = 0

  function operator(when: 'meanwhile' | 'last') {
    const actor: Actor = { name: `op${++count}`, alive: true, pausedUntil: 0 }
    const crash = () => {
      actor.alive = false
    }
    const faulty = when === 'meanwhile'
    const line = { actor, faulty, unreachable: () => false, crash }
    const port = interpose(faultyPort(world, line))
    const pausing = { clock: createClock(scheduler, actor), random }
    return {
      name: actor.name,
      projections: codeOf(actor, when),
      /** Opens the storage, and returns the parked sequences in it. */
      async open() {
        const opened = open ? await open(port, line) : port
        return (projection: Projection) => parkedSequences(opened, projection, pausing)
      },
    }
  }

  return {
    replay(draw) {
      faults.count('replay')
      const { name, projections, open } = operator('meanwhile')
      const projection = oneOf(draw, projections)
      const dryRun = draw() < 0.3
      const work = async () => {
        const sequences = (await open())(projection)
        for (const { key } of (await sequences.list()).items) {
          trace.note(`${name} ${dryRun ? 'tries to replay' : 'replays'} ${key}`)
          await sequences.replay(key, { dryRun })
        }
      }
      work().catch((error) => {
        trace.note(`${name} reports ${error}`)
        if (EXPECTED.some((kind) => error instanceof kind)) return
        world.fail(`${name} failed with ${error instanceof Error ? error.stack : error}`)
      })
    },
    async replayAll() {
      const { name, projections, open } = operator('last')
      const sequencesOf = await open()
      for (const projection of projections) {
        const sequences = sequencesOf(projection)
        for (const { key } of (await sequences.list()).items) {
          trace.note(`${name} replays ${key}`)
          const { unparked, error } = await sequences.replay(key)
          if (!unparked) world.fail(`${projection.name} ${key} stays parked: ${error?.message}`)
        }
      }
    },
  }
}
