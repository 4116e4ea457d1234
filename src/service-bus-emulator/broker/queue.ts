import type { Message } from '../messages/message.ts'
import { messageNotFound, notAllowed } from './broker-error.ts'
import type { EntityContext, Forwarded } from './context.ts'
import { Intake } from './intake/intake.ts'
import { enqueue, enqueueDead } from './messages/arrivals.ts'
import type { DeadLetterReason } from './messages/dead-letter.ts'
import { EntityMessages } from './messages/entity-messages.ts'
import type { MessageList } from './messages/message-list.ts'
import { MessageLocks } from './messages/message-locks.ts'
import { type Modifications, modify } from './messages/modifications.ts'
import type { StoredMessage } from './messages/stored-message.ts'
import { type SessionHolder, Sessions } from './sessions.ts'
import type { QueueSettings } from './settings.ts'

/** A queue, a subscription, or the dead-letter queue of one. */
export class Queue {
  readonly path: string
  readonly deadLetters: Queue | undefined
  readonly sessions = new Sessions()
  readonly #context: EntityContext
  /** Its messages, and where they go. */
  readonly contents: EntityMessages
  readonly #locks = new MessageLocks()
  readonly #intake: Intake

  constructor(path: string, settings: QueueSettings, context: EntityContext, deadLetters?: Queue) {
    this.path = path
    this.deadLetters = deadLetters
    this.#context = context
    this.contents = new EntityMessages(path, settings, context, deadLetters?.contents)
    this.#intake = new Intake(path, settings, context)
  }

  get settings(): QueueSettings {
    return this.contents.settings
  }

  /** Changes the settings, and how long the dead-letter queue locks its messages. */
  update(settings: QueueSettings): void {
    this.contents.settings = settings
    const dead = this.deadLetters
    if (dead !== undefined) dead.update({ ...dead.settings, lockDuration: settings.lockDuration })
  }

  get messages(): MessageList {
    return this.contents.list
  }

  /** Called when there may be something to receive. */
  set onReady(notify: () => void) {
    this.contents.onReady = notify
  }

  /**
   * Takes messages from a sender, all or none.
   *
   * @returns their sequence numbers; that of a duplicate is 0
   * @throws BrokerError
   */
  send(messages: readonly Message[]): number[] {
    this.advance()
    const now = this.#context.now()
    this.#context.assertRoom(messages.length)
    const admitted = this.#intake.admit(this.settings, messages, this.messages.bytes, now)
    return admitted.map((one) => (one === undefined ? 0 : enqueue(this.contents, one, {})))
  }

  /** Takes a message that another entity forwards. @throws BrokerError */
  receiveForwarded({ message, ...origin }: Forwarded): void {
    const [admitted] = this.#intake.admit(this.settings, [message], this.messages.bytes, this.#context.now())
    if (admitted !== undefined) enqueue(this.contents, admitted, origin)
  }

  /** Takes a message into the dead-letter queue. */
  receiveDead({ message, ...origin }: Forwarded, size: number, why: DeadLetterReason): void {
    enqueueDead(this.contents, { message, size }, origin, why)
  }

  /** @throws BrokerError if there is no such scheduled message */
  cancelScheduled(sequenceNumbers: readonly number[]): void {
    this.advance()
    for (const stored of this.messages.scheduled(sequenceNumbers)) this.contents.remove(stored)
  }

  /** The next message of a receiver, locked; or removed, if `remove` is true. */
  take(session: string | undefined, remove: boolean): StoredMessage | undefined {
    const stored = this.messages.firstReady(session)
    if (stored === undefined) return undefined
    if (remove) this.contents.remove(stored)
    else this.#lock(stored)
    return stored
  }

  /** @throws BrokerError if one is not there, or belongs to another session */
  takeDeferred(sequenceNumbers: readonly number[], session: string | undefined, remove: boolean): StoredMessage[] {
    this.advance()
    const found = sequenceNumbers.map((number) => {
      const stored = this.messages.get(number)
      const isOfSession = !this.settings.requiresSession || stored?.sessionId === session
      if (stored?.state !== 'deferred' || stored.lock !== undefined || !isOfSession) {
        throw messageNotFound(`Failed to lock one or more specified messages: ${number} is not deferred here.`)
      }
      return stored
    })
    for (const stored of found) {
      if (remove) this.contents.remove(stored)
      else this.#lock(stored)
    }
    return found
  }

  /** @throws BrokerError if the lock is over; so do the following */
  complete(token: string): void {
    this.contents.remove(this.#settle(token))
  }

  abandon(token: string, modifications: Modifications): void {
    const stored = this.#settle(token)
    modify(stored, modifications)
    this.contents.release(stored, true)
  }

  defer(token: string, modifications: Modifications): void {
    const stored = this.#settle(token)
    modify(stored, modifications)
    stored.state = 'deferred'
    this.contents.save(stored)
  }

  deadLetter(token: string, why: DeadLetterReason, modifications: Modifications): void {
    this.contents.assertDeadLetters()
    const stored = this.#settle(token)
    modify(stored, modifications)
    this.contents.deadLetter(stored, why)
  }

  /** @returns until when the message is locked now */
  renewLock(token: string): number {
    this.advance()
    const until = this.#context.now() + this.settings.lockDuration
    if (this.settings.requiresSession) throw notAllowed('The lock of a message of a session is that of the session.')
    this.#locks.renew(token, until)
    this.contents.save(this.#locks.find(token))
    return until
  }

  /** Ends the lock of a message now, as if its time were over. */
  expireLock(token: string): void {
    const stored = this.#locks.find(token)
    if (stored.sessionId !== undefined && this.settings.requiresSession) this.sessions.expire(stored.sessionId)
    else this.#unlock(stored, true)
    this.advance()
  }

  /** @returns until when the session is locked. @throws BrokerError if another has it */
  lockSession(id: string, holder: SessionHolder): number {
    this.advance()
    const until = this.#context.now() + this.settings.lockDuration
    this.sessions.lock(id, holder, until)
    this.#context.wakeBy(until)
    return until
  }

  renewSession(id: string): number {
    this.advance()
    const until = this.#context.now() + this.settings.lockDuration
    this.sessions.renew(id, until)
    for (const stored of this.#locks.ofSession(id)) if (stored.lock !== undefined) stored.lock.until = until
    return until
  }

  /** A receiver leaves its session; the messages that it has not settled can be received again. */
  closeSession(id: string, holder: SessionHolder): void {
    if (!this.sessions.release(id, holder)) return
    for (const stored of this.#locks.ofSession(id)) this.#unlock(stored, false)
    this.contents.onReady()
  }

  /** A session with messages that no receiver has locked. */
  freeSession(): string | undefined {
    this.advance()
    return this.messages.readySessions().find((id) => !this.sessions.isLocked(id))
  }

  setSessionState(id: string, state: Buffer | undefined): void {
    this.sessions.setState(id, state)
    this.#context.store.saveSessionState(this.path, id, state)
  }

  /** Does what is due: locks expire, scheduled messages become active, messages expire. */
  advance(): void {
    const now = this.#context.now()
    for (let expired = this.sessions.nextExpired(now); expired; expired = this.sessions.nextExpired(now)) {
      for (const stored of this.#locks.ofSession(expired.id)) this.#unlock(stored, true)
      expired.holder.lockLost()
      this.contents.onReady()
    }
    if (!this.settings.requiresSession) {
      for (let due = this.#locks.firstExpired(now); due; due = this.#locks.firstExpired(now)) this.#unlock(due, true)
    }
    for (let due = this.messages.nextDue(now); due; due = this.messages.nextDue(now)) {
      this.contents.remove(due)
      enqueue(this.contents, due, {})
    }
    for (let over = this.messages.nextExpired(now); over; over = this.messages.nextExpired(now))
      this.contents.expire(over)
    const sessionsDue = this.settings.requiresSession ? this.sessions.dueAt : this.#locks.dueAt
    this.#context.wakeBy(Math.min(sessionsDue, this.messages.dueAt))
  }

  /** Puts back what a store kept. */
  restore(stored: StoredMessage): void {
    // The link that had the session is gone, and its lock with it.
    if (this.settings.requiresSession) stored.lock = undefined
    this.messages.add(stored)
    this.contents.restoreSequence(stored.sequenceNumber + 1)
  }

  /** Puts back the lock of a message; that which ends first comes first. */
  restoreLock(stored: StoredMessage): void {
    if (stored.lock !== undefined) this.#locks.lock(stored, stored.lock.token, stored.lock.until)
  }

  restoreSequence(next: number): void {
    this.contents.restoreSequence(next)
  }

  restoreTaken = (messageId: string, at: number): void => this.#intake.restore(messageId, at)

  #lock(stored: StoredMessage): void {
    const until = this.settings.requiresSession
      ? this.sessions.lockedUntil(stored.sessionId ?? '')
      : this.#context.now() + this.settings.lockDuration
    this.#locks.lock(stored, this.#context.newToken(), until)
    this.contents.save(stored)
    this.#context.wakeBy(until)
  }

  #settle(token: string): StoredMessage {
    this.advance()
    const stored = this.#locks.find(token)
    this.#locks.unlock(stored)
    return stored
  }

  #unlock(stored: StoredMessage, counts: boolean): void {
    this.#locks.unlock(stored)
    this.contents.release(stored, counts)
  }
}
