import { defineReaction } from '../../../reactions/define-reaction.ts'
import type { Reaction } from '../../../reactions/reaction.ts'
import { oneOf } from '../../conformance/support/random.ts'
import { events } from '../workload/projections.ts'
import type { Actor } from '../world/scheduler.ts'
import type { World } from '../world/world.ts'
import { type Attempts, drawKillers } from './attempts.ts'
import type { Order } from './order.ts'
import { isRefused, type Outages } from './outages.ts'
import type { Cause, Outside } from './outside.ts'

/** The name of the reaction. */
export const REACTION = 'mail'

/** How the reaction of a run is executed. */
export type ReactionSettings = {
  readonly from: 'now' | 'start'
  readonly concurrency: number
  readonly attempts: number
  readonly timeLimit: number
  /** The most events of a batch; absent if it handles events one by one. */
  readonly most?: number
  /** Which share of the events end their process. */
  readonly killers: number
}

export function drawReaction(random: () => number): ReactionSettings {
  const killers = drawKillers(random)
  const most = oneOf(random, [undefined, undefined, 1, 3, 20])
  return {
    from: oneOf(random, ['now', 'start']),
    concurrency: oneOf(random, [1, 3, 16]),
    // With killers few, so that they are parked soon.
    attempts: oneOf(random, killers > 0 ? [1, 2] : [1, 2, 5]),
    timeLimit: oneOf(random, [500, 30_000]),
    ...(most !== undefined && { most }),
    killers,
  }
}

/** What a handler needs of the world around it. */
export type Surroundings = {
  readonly world: World
  readonly outside: Outside
  readonly outages: Outages
  readonly order: Order
  readonly attempts: Attempts
}

type Handled = { readonly type: string } & Cause

/**
 * Creates the reaction of one process.
 *
 * @param trouble throws if a handler is to fail
 */
export function createReaction(
  { world, outside, outages, order, attempts }: Surroundings,
  { killers, most, ...settings }: ReactionSettings,
  actor: Actor,
  trouble: (event: Cause) => void,
): Reaction {
  const { parts } = world
  const common = { events, ...settings, unavailable: isRefused }
  return most === undefined
    ? defineReaction(REACTION, { ...common, on: { Added: one } })
    : defineReaction(REACTION, { ...common, batch: { most }, handle: batch })

  async function handle({ streamId, version }: Cause, key: string): Promise<void> {
    order.called({ streamId, version })
    parts.count('reactions', 'calls')
    await attempts.survive(actor, { streamId, version })
    trouble({ streamId, version })
    await outside.ask(actor, { streamId, version, key })
  }

  async function one(event: Cause, { idempotencyKey, signal }: { idempotencyKey: string; signal: AbortSignal }) {
    const failed = countOnce(event, signal)
    return outages.watch(actor, signal, () =>
      handle(event, idempotencyKey).catch((error) => {
        if (!outages.isOutage(error)) failed()
        throw error
      }),
    )
  }

  async function batch(
    batch: readonly Handled[],
    {
      keyOf,
      fail,
      signal,
    }: { keyOf(event: Handled): string; fail(event: Handled, error: unknown): void; signal: AbortSignal },
  ): Promise<void> {
    parts.count('reactions', 'batches')
    const added = batch.filter(({ type }) => type === 'Added')
    const [alone] = batch.length === 1 ? batch : []
    const failed = alone && countOnce(alone, signal)
    const stopped = new Set<string>()
    await outages.watch(actor, signal, async () => {
      for (const event of added) {
        if (stopped.has(event.streamId)) continue
        try {
          await handle(event, keyOf(event))
        } catch (error) {
          const isNamed = world.random() < 0.7
          if (!outages.isOutage(error) && (isNamed || alone)) (failed ?? (() => attempts.failed(event)))()
          if (outages.isOutage(error) || !isNamed) throw error
          stopped.add(event.streamId)
          fail(event, error)
        }
      }
    })
  }

  /** Returns what notes that an event was at fault; that it took too long counts, too. */
  function countOnce(event: Cause, signal: AbortSignal): () => void {
    let isCounted = false
    const count = () => {
      if (!isCounted) attempts.failed(event)
      isCounted = true
    }
    signal.addEventListener('abort', count, { once: true })
    return count
  }
}
