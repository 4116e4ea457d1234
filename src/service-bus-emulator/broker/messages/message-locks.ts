import { messageLockLost } from '../broker-error.ts'
import type { StoredMessage } from './stored-message.ts'

/** The locked messages of an entity, by the tokens of their locks. */
export class MessageLocks {
  /** All locks of an entity take equally long, so the first to expire comes first. */
  readonly #locked = new Map<string, StoredMessage>()

  lock(stored: StoredMessage, token: string, until: number): void {
    stored.lock = { token, until }
    this.#locked.set(token, stored)
  }

  renew(token: string, until: number): void {
    const stored = this.find(token)
    this.#locked.delete(token)
    this.lock(stored, token, until)
  }

  /** @throws BrokerError if the lock is over */
  find(token: string): StoredMessage {
    const stored = this.#locked.get(token)
    if (stored === undefined) {
      throw messageLockLost(
        'The lock supplied is invalid. Either the lock expired, or the message has already been removed from the queue.',
      )
    }
    return stored
  }

  unlock(stored: StoredMessage): void {
    if (stored.lock !== undefined) this.#locked.delete(stored.lock.token)
    stored.lock = undefined
  }

  /** The message whose lock has expired first. */
  firstExpired(now: number): StoredMessage | undefined {
    const [first] = this.#locked.values()
    return first?.lock !== undefined && first.lock.until <= now ? first : undefined
  }

  /** The locked messages of a session, in order. */
  ofSession(id: string): StoredMessage[] {
    return [...this.#locked.values()].filter((stored) => stored.sessionId === id)
  }

  get dueAt(): number {
    const [first] = this.#locked.values()
    return first?.lock?.until ?? Number.POSITIVE_INFINITY
  }
}
