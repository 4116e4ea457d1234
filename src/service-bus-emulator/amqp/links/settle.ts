import type { Delivery } from 'rhea'
import { BrokerError } from '../../broker/broker-error.ts'
import { modificationsOf } from '../../broker/messages/modifications.ts'
import type { Queue } from '../../broker/queue.ts'
import type { Typed } from '../../messages/codec.ts'
import { type MutableDelivery, OUTCOME, type OutgoingLink } from '../rhea.ts'
import { BUSY, type ServerContext } from '../server-context.ts'
import { answerWithFaults } from './answer-with-faults.ts'

type Settlement = {
  readonly queue: Queue
  readonly link: OutgoingLink
  readonly delivery: Delivery
  readonly token: string
}

/** What a client wants to become of a message, and the outcome that says that it was done. */
type Wish = { readonly operation: string; readonly run: () => void; readonly outcome: () => Typed }

/** Settles a message as its receiver says, and tells it the outcome. */
export function settle(context: ServerContext, settlement: Settlement): void {
  const { queue, link, delivery, token } = settlement
  const wish = wishOf(settlement)
  answerWithFaults<Typed>(context, {
    point: { on: 'settle', entity: queue.path, operation: wish.operation },
    link,
    busy: () => OUTCOME.rejected(BUSY.condition, BUSY.description),
    handle: (isExpired) => outcomeOf(context, wish, isExpired ? () => queue.expireLock(token) : undefined),
    reply: (outcome) => {
      delivery.update(true, outcome)
      forget(delivery)
    },
    keepSilent: () => forget(delivery),
  })
}

function outcomeOf(context: ServerContext, wish: Wish, before?: () => void): Typed {
  try {
    if (before !== undefined) context.run(before)
    context.run(wish.run)
    return wish.outcome()
  } catch (error) {
    if (!(error instanceof BrokerError)) throw error
    return OUTCOME.rejected(error.condition, error.message)
  }
}

function wishOf({ queue, delivery, token }: Settlement): Wish {
  const state = delivery.remote_state
  if (state === undefined || isA(state, 'released')) {
    return {
      operation: 'abandon',
      run: () => queue.abandon(token, new Map()),
      outcome: () => OUTCOME.modified(false),
    }
  }
  if (isA(state, 'accepted')) {
    return { operation: 'complete', run: () => queue.complete(token), outcome: OUTCOME.accepted }
  }
  if (isA(state, 'rejected')) {
    const { DeadLetterReason: reason, DeadLetterErrorDescription: description, ...rest } = infoOf(state.error)
    const why = {
      ...(reason !== undefined && { reason: `${reason}` }),
      ...(description !== undefined && { description: `${description}` }),
    }
    return {
      operation: 'deadLetter',
      run: () => queue.deadLetter(token, why, modificationsOf(rest)),
      outcome: () => OUTCOME.rejected(),
    }
  }
  const changes = modificationsOf(state.message_annotations)
  return state.undeliverable_here === true
    ? { operation: 'defer', run: () => queue.defer(token, changes), outcome: () => OUTCOME.modified(true) }
    : { operation: 'abandon', run: () => queue.abandon(token, changes), outcome: () => OUTCOME.modified(false) }
}

const isA = (state: object, name: string): boolean =>
  (state.constructor as { readonly composite_type?: string }).composite_type === name

function infoOf(error: unknown): Record<string, unknown> {
  const info = (error as { readonly info?: unknown } | undefined)?.info
  return typeof info === 'object' && info !== null ? { ...info } : {}
}

/** The client does not settle again, so rhea would keep the delivery for ever. */
function forget(delivery: MutableDelivery): void {
  delivery.settled = true
  delivery.remote_settled = true
}
