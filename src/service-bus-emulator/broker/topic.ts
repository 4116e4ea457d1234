import type { Message } from '../messages/message.ts'
import type { EntityContext, Forwarded } from './context.ts'
import { type Admitted, Intake } from './intake/intake.ts'
import type { Origin } from './messages/arrivals.ts'
import { MessageList } from './messages/message-list.ts'
import { scheduledTimeOf } from './messages/scheduled-time.ts'
import type { StoredMessage } from './messages/stored-message.ts'
import type { TopicSettings } from './settings.ts'
import type { Subscription } from './subscription.ts'

/** A topic. It keeps only what is scheduled; the rest is in its subscriptions. */
export class Topic {
  readonly path: string
  settings: TopicSettings
  readonly subscriptions = new Map<string, Subscription>()
  readonly scheduled = new MessageList(false)
  readonly #context: EntityContext
  readonly #intake: Intake
  #next = 1

  constructor(path: string, settings: TopicSettings, context: EntityContext) {
    this.path = path
    this.settings = settings
    this.#context = context
    this.#intake = new Intake(path, settings, context)
  }

  /**
   * Takes messages from a sender, all or none.
   *
   * @returns their sequence numbers; that of a duplicate is 0
   * @throws BrokerError
   */
  send(messages: readonly Message[]): number[] {
    this.advance()
    this.#context.assertRoom(messages.length * this.subscriptions.size)
    const now = this.#context.now()
    const admitted = this.#intake.admit(this.settings, messages, this.#bytes(), now)
    return admitted.map((one) => (one === undefined ? 0 : this.#take(one, { hops: 0 })))
  }

  receiveForwarded({ message, ...origin }: Forwarded): void {
    const [admitted] = this.#intake.admit(this.settings, [message], this.#bytes(), this.#context.now())
    if (admitted !== undefined) this.#take(admitted, origin)
  }

  /** @throws BrokerError if there is no such scheduled message */
  cancelScheduled(sequenceNumbers: readonly number[]): void {
    this.advance()
    for (const stored of this.scheduled.scheduled(sequenceNumbers)) this.#removeScheduled(stored)
  }

  advance(): void {
    const now = this.#context.now()
    for (let due = this.scheduled.nextDue(now); due; due = this.scheduled.nextDue(now)) {
      this.#removeScheduled(due)
      this.#publish({ message: due.message, size: due.size }, { hops: 0 })
    }
    this.#context.wakeBy(this.scheduled.dueAt)
  }

  restore(stored: StoredMessage): void {
    this.scheduled.add(stored)
    this.restoreSequence(stored.sequenceNumber + 1)
  }

  restoreSequence(next: number): void {
    this.#next = Math.max(this.#next, next)
  }

  restoreTaken(messageId: string, at: number): void {
    this.#intake.restore(messageId, at)
  }

  #take({ message, size }: Admitted, origin: Origin): number {
    const now = this.#context.now()
    const dueAt = scheduledTimeOf(message)
    if (!(dueAt > now)) return this.#publish({ message, size }, origin)
    const sequenceNumber = this.#number()
    const stored: StoredMessage = {
      sequenceNumber,
      enqueuedSequenceNumber: sequenceNumber,
      message,
      size,
      sessionId: undefined,
      state: 'scheduled',
      enqueuedAt: now,
      dueAt,
      expiresAt: Number.POSITIVE_INFINITY,
      deliveryCount: 0,
      lock: undefined,
    }
    this.scheduled.add(stored)
    this.#context.store.saveMessage(this.path, stored)
    this.#context.wakeBy(dueAt)
    return sequenceNumber
  }

  #publish({ message, size }: Admitted, origin: Origin): number {
    const { hops = 0, enqueuedSequenceNumber = this.#number() } = origin
    const { defaultMessageTimeToLive: longest } = this.settings
    const timeToLive = Math.min(message.timeToLive ?? Number.POSITIVE_INFINITY, longest)
    const limited = timeToLive === Number.POSITIVE_INFINITY ? message : { ...message, timeToLive }
    for (const subscription of this.subscriptions.values()) {
      subscription.receive({ message: limited, enqueuedSequenceNumber, hops }, size)
    }
    return enqueuedSequenceNumber
  }

  #number(): number {
    const number = this.#next++
    this.#context.store.saveSequence(this.path, this.#next)
    return number
  }

  #removeScheduled(stored: StoredMessage): void {
    this.scheduled.remove(stored)
    this.#context.store.removeMessage(this.path, stored.sequenceNumber)
  }

  #bytes(): number {
    let bytes = this.scheduled.bytes
    for (const { queue } of this.subscriptions.values()) bytes += queue.messages.bytes
    return bytes
  }
}
