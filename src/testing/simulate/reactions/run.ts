import type { LeaseDocument } from '../../../core/port/lease-store.ts'
import type { Reaction } from '../../../reactions/reaction.ts'
import { isErased, type LogRecord } from '../workload/log-record.ts'
import type { Actor } from '../world/scheduler.ts'
import type { World } from '../world/world.ts'
import { watchAttempts } from './attempts.ts'
import { type Beginning, lengthsOf } from './checks.ts'
import { watchOrder } from './order.ts'
import { drawOutages } from './outages.ts'
import { type Cause, createOutside } from './outside.ts'
import { createReaction, drawReaction, REACTION } from './reaction.ts'

/**
 * Creates the reaction of a run, and what is known about it.
 *
 * @param end when the faults end
 * @param kill ends a worker's process; returns false if there is none
 */
export function createReactionRun(
  world: World,
  log: LogRecord,
  random: () => number,
  { end, kill }: { readonly end: number; readonly kill: (actor: Actor) => boolean },
) {
  const settings = drawReaction(random)
  const outages = drawOutages(world, random, end)
  const outside = createOutside(world, outages)
  const order = watchOrder(world)
  const attempts = watchAttempts(world, random, {
    reaction: REACTION,
    attempts: settings.attempts,
    rate: settings.killers,
    kill,
  })
  let before: Beginning['before'] | undefined
  let after: Beginning['after']

  function beginnings(): World['unread'] {
    const leases = [...world.db.state.leases.values()].map(({ json }) => JSON.parse(json) as LeaseDocument)
    return leases
      .filter(({ projection }) => projection === REACTION)
      .map(({ range, readTo }) => ({ ...range, lsn: readTo }))
  }

  return {
    /** The reaction of a process. */
    of: (actor: Actor, trouble: (event: Cause) => void): Reaction =>
      createReaction({ world, outside, outages, order, attempts }, settings, actor, trouble),
    /** A process is about to start with it. */
    begins(): void {
      if (before) return
      before = lengthsOf(log)
      if (settings.from === 'now') world.unread.push(...world.db.state.partitions.map((one) => ({ ...one })))
    },
    /** A process has started with it. */
    hasBegun(): void {
      if (after) return
      after = lengthsOf(log)
      // Processes that did not get as far may have been started long before. Nothing is redelivered from before the
      // place that was stored, although projections of the same process have read from there.
      if (settings.from === 'now') world.unread.push(...beginnings())
    },
    seen: {
      fix: attempts.fix,
      outside,
      beginning: (): Beginning | 'start' =>
        settings.from === 'start' ? 'start' : { before: before ?? new Map(), after },
      isErased: (streamId: string, version: number) => isErased(world.db.state, streamId, version),
    },
  }
}
