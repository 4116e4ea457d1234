import { defineReaction } from '../../../reactions/define-reaction.ts'
import type { Reaction } from '../../../reactions/reaction.ts'
import { oneOf } from '../../conformance/support/random.ts'
import { events } from '../workload/projections.ts'
import type { Actor } from '../world/scheduler.ts'
import type { World } from '../world/world.ts'
import type { Order } from './order.ts'
import type { Cause, Outside } from './outside.ts'

/** The name of the reaction. */
export const REACTION = 'mail'

/** How the reaction of a run is executed. */
export type ReactionSettings = {
  readonly from: 'now' | 'start'
  readonly concurrency: number
  readonly attempts: number
  readonly timeLimit: number
}

export const drawReaction = (random: () => number): ReactionSettings => ({
  from: oneOf(random, ['now', 'start']),
  concurrency: oneOf(random, [1, 3, 16]),
  attempts: oneOf(random, [1, 2, 5]),
  timeLimit: oneOf(random, [500, 30_000]),
})

type Handled = {
  readonly streamId: string
  readonly version: number
}

/**
 * Creates the reaction of one process.
 *
 * @param trouble throws if a handler is to fail
 */
export function createReaction(
  { parts }: World,
  settings: ReactionSettings,
  outside: Outside,
  order: Order,
  actor: Actor,
  trouble: (event: Cause) => void,
): Reaction {
  return defineReaction(REACTION, {
    events,
    ...settings,
    on: {
      async Added(event: Handled, { idempotencyKey }) {
        const { streamId, version } = event
        order.called({ streamId, version })
        parts.count('reactions', 'calls')
        trouble(event)
        await outside.ask(actor, { streamId, version, key: idempotencyKey })
      },
    },
  })
}
