import type { Reaction } from '../../../reactions/reaction.ts'
import { isErased, type LogRecord } from '../workload/log-record.ts'
import type { Actor } from '../world/scheduler.ts'
import type { World } from '../world/world.ts'
import { type Beginning, lengthsOf } from './checks.ts'
import { watchOrder } from './order.ts'
import { type Cause, createOutside } from './outside.ts'
import { createReaction, drawReaction } from './reaction.ts'

/** Creates the reaction of a run, and what is known about it. */
export function createReactionRun(world: World, log: LogRecord, random: () => number) {
  const settings = drawReaction(random)
  const outside = createOutside(world)
  const order = watchOrder(world)
  let before: Beginning['before'] | undefined
  let after: Beginning['after']
  return {
    /** The reaction of a process. */
    of: (actor: Actor, trouble: (event: Cause) => void): Reaction =>
      createReaction(world, settings, outside, order, actor, trouble),
    /** A process is about to start with it. */
    begins(): void {
      if (before) return
      before = lengthsOf(log)
      if (settings.from === 'now') world.unread.push(...world.db.state.partitions.map((one) => ({ ...one })))
    },
    /** A process has started with it. */
    hasBegun(): void {
      after ??= lengthsOf(log)
    },
    seen: {
      outside,
      beginning: (): Beginning | 'start' =>
        settings.from === 'start' ? 'start' : { before: before ?? new Map(), after },
      isErased: (streamId: string, version: number) => isErased(world.db.state, streamId, version),
    },
  }
}
