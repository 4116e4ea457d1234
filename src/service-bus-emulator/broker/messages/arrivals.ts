import { type Message, textOf } from '../../messages/message.ts'
import { BrokerError } from '../broker-error.ts'
import type { Forwarded } from '../context.ts'
import type { Admitted } from '../intake/intake.ts'
import { type DeadLetterReason, REASON } from './dead-letter.ts'
import type { EntityMessages } from './entity-messages.ts'
import { scheduledTimeOf } from './scheduled-time.ts'
import type { StoredMessage } from './stored-message.ts'

/** Where a message comes from that was in another entity before. */
export type Origin = Partial<Omit<Forwarded, 'message'>>

/** A message that is forwarded more often is dead-lettered. */
const MAX_HOPS = 4

/**
 * Puts a message that an entity has taken where it belongs: among those that are scheduled, among those that can be
 * received, or into the entity that it is forwarded to.
 *
 * @returns its sequence number
 */
export function enqueue(messages: EntityMessages, { message, size }: Admitted, origin: Origin): number {
  const dueAt = scheduledTimeOf(message)
  const isScheduled = dueAt > messages.context.now()
  const { forwardTo } = messages.settings
  if (forwardTo !== undefined && !isScheduled) return forward(messages, forwardTo, { message, size }, origin)
  const stored = newMessage(messages, { message, size }, origin, isScheduled ? dueAt : undefined)
  messages.add(stored)
  return stored.sequenceNumber
}

/** Puts a message that cannot be taken into the dead-letter queue. @returns its sequence number */
export function enqueueDead(
  messages: EntityMessages,
  admitted: Admitted,
  origin: Origin,
  why: DeadLetterReason,
): number {
  const stored = newMessage(messages, admitted, origin)
  messages.deadLetter(stored, why)
  return stored.sequenceNumber
}

function newMessage(
  messages: EntityMessages,
  { message, size }: Admitted,
  { enqueuedSequenceNumber }: Origin,
  dueAt?: number,
): StoredMessage {
  const sequenceNumber = messages.nextNumber()
  const now = messages.context.now()
  return {
    sequenceNumber,
    enqueuedSequenceNumber: enqueuedSequenceNumber ?? sequenceNumber,
    message,
    size,
    sessionId: textOf(message, 'sessionId'),
    state: dueAt === undefined ? 'active' : 'scheduled',
    enqueuedAt: now,
    dueAt: dueAt ?? now,
    expiresAt: now + lifeOf(message, messages),
    deliveryCount: 0,
    lock: undefined,
  }
}

const lifeOf = ({ timeToLive = Number.POSITIVE_INFINITY }: Message, { settings }: EntityMessages): number =>
  Math.min(timeToLive, settings.defaultMessageTimeToLive)

function forward(messages: EntityMessages, to: string, admitted: Admitted, origin: Origin): number {
  const { hops = 0 } = origin
  if (hops >= MAX_HOPS) return enqueueDead(messages, admitted, origin, REASON.tooManyHops)
  const { enqueuedSequenceNumber = messages.nextNumber() } = origin
  try {
    messages.context.forward(to, { message: admitted.message, enqueuedSequenceNumber, hops: hops + 1 })
    return enqueuedSequenceNumber
  } catch (error) {
    if (!(error instanceof BrokerError)) throw error
    return enqueueDead(messages, admitted, origin, { reason: error.condition, description: error.message })
  }
}
