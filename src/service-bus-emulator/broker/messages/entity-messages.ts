import { codec } from '../../messages/codec.ts'
import { withAnnotations } from '../../messages/message.ts'
import { BrokerError, notAllowed } from '../broker-error.ts'
import type { EntityContext } from '../context.ts'
import type { QueueSettings } from '../settings.ts'
import { type DeadLetterReason, REASON, withReason } from './dead-letter.ts'
import { MessageList } from './message-list.ts'
import type { StoredMessage } from './stored-message.ts'

/** The messages of a queue, a subscription or a dead-letter queue, and where they go when they leave it. */
export class EntityMessages {
  readonly path: string
  settings: QueueSettings
  readonly context: EntityContext
  readonly list: MessageList
  /** Called when there may be something to receive. */
  onReady: () => void = () => {}
  /** `undefined` in a dead-letter queue. */
  readonly #deadLetters: EntityMessages | undefined
  #next = 1

  constructor(path: string, settings: QueueSettings, context: EntityContext, deadLetters?: EntityMessages) {
    this.path = path
    this.settings = settings
    this.context = context
    this.list = new MessageList(settings.requiresSession)
    this.#deadLetters = deadLetters
  }

  get keepsDead(): boolean {
    return this.#deadLetters !== undefined
  }

  nextNumber(): number {
    const number = this.#next++
    this.context.store.saveSequence(this.path, this.#next)
    return number
  }

  /** Numbers begin no lower than this, as those before were given to messages that are gone. */
  restoreSequence(next: number): void {
    this.#next = Math.max(this.#next, next)
  }

  add(stored: StoredMessage): void {
    this.list.add(stored)
    this.save(stored)
    this.context.wakeBy(this.list.dueAt)
    this.onReady()
  }

  save(stored: StoredMessage): void {
    this.context.store.saveMessage(this.path, stored)
  }

  remove(stored: StoredMessage): void {
    this.list.remove(stored)
    this.context.store.removeMessage(this.path, stored.sequenceNumber)
  }

  /** Gives a message that is no longer locked to the next receiver. @param counts whether its delivery failed */
  release(stored: StoredMessage, counts: boolean): void {
    if (counts) stored.deliveryCount++
    if (stored.deliveryCount >= this.settings.maxDeliveryCount) {
      this.deadLetter(stored, REASON.tooManyDeliveries(this.settings.maxDeliveryCount))
      return
    }
    // A lock keeps a message from expiring until it ends.
    if (stored.state === 'active' && stored.expiresAt <= this.context.now()) {
      this.expire(stored)
      return
    }
    this.save(stored)
    this.list.makeReady(stored)
    this.onReady()
  }

  /** What becomes of a message whose time to live is over. */
  expire(stored: StoredMessage): void {
    if (this.settings.deadLetteringOnMessageExpiration) this.deadLetter(stored, REASON.expired)
    else this.remove(stored)
  }

  /** @throws BrokerError if this is a dead-letter queue */
  deadLetter(stored: StoredMessage, why: DeadLetterReason): void {
    this.assertDeadLetters()
    this.remove(stored)
    const message = withReason(stored.message, why)
    const to = this.settings.forwardDeadLetteredMessagesTo
    const dead = { ...stored, message, state: 'active', lock: undefined } as const
    if (to === undefined || !this.#forwardDead(to, dead)) {
      // A dead-letter queue keeps its messages.
      this.#deadLetters?.add({ ...dead, expiresAt: Number.POSITIVE_INFINITY })
    }
  }

  assertDeadLetters(): void {
    if (!this.keepsDead) throw notAllowed('A message in a dead-letter queue cannot be dead-lettered.')
  }

  #forwardDead(to: string, { message, enqueuedSequenceNumber }: StoredMessage): boolean {
    const source = [['x-opt-deadletter-source', codec.wrap_string(this.path)] as const]
    try {
      this.context.forward(to, { message: withAnnotations(message, source), enqueuedSequenceNumber, hops: 1 })
      return true
    } catch (error) {
      if (error instanceof BrokerError) return false
      throw error
    }
  }
}
