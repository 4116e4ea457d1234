import { sessionCannotBeLocked, sessionLockLost } from './broker-error.ts'

/** The receiver that holds the lock of a session, and is notified when it loses it. */
export type SessionHolder = { lockLost(): void }

type Lock = { readonly holder: SessionHolder; until: number }

/** The sessions of an entity: their locks and their states. */
export class Sessions {
  readonly #locks = new Map<string, Lock>()
  readonly #states = new Map<string, Buffer>()

  /** The sessions that have a state, with it. */
  get states(): ReadonlyMap<string, Buffer> {
    return this.#states
  }

  isLocked(id: string): boolean {
    return this.#locks.has(id)
  }

  /** @throws BrokerError if another holder has the session */
  lock(id: string, holder: SessionHolder, until: number): void {
    if (this.#locks.has(id)) {
      throw sessionCannotBeLocked('The requested session cannot be accepted. It may be locked by another receiver.')
    }
    this.#locks.set(id, { holder, until })
  }

  /** @throws BrokerError if no receiver holds the session any more */
  renew(id: string, until: number): void {
    this.#held(id).until = until
  }

  /** Until when the session is locked. @throws BrokerError if it is not */
  lockedUntil(id: string): number {
    return this.#held(id).until
  }

  isHeldBy(id: string, holder: SessionHolder): boolean {
    return this.#locks.get(id)?.holder === holder
  }

  /** @returns whether the holder had it */
  release(id: string, holder: SessionHolder): boolean {
    return this.isHeldBy(id, holder) && this.#locks.delete(id)
  }

  /** Takes out a session whose lock is over. */
  nextExpired(now: number): { readonly id: string; readonly holder: SessionHolder } | undefined {
    for (const [id, { holder, until }] of this.#locks) {
      if (until > now) continue
      this.#locks.delete(id)
      return { id, holder }
    }
    return undefined
  }

  /** Ends the lock of a session now. */
  expire(id: string): void {
    const lock = this.#locks.get(id)
    if (lock !== undefined) lock.until = Number.NEGATIVE_INFINITY
  }

  get dueAt(): number {
    let first = Number.POSITIVE_INFINITY
    for (const { until } of this.#locks.values()) first = Math.min(first, until)
    return first
  }

  state(id: string): Buffer | undefined {
    return this.#states.get(id)
  }

  setState(id: string, state: Buffer | undefined): void {
    if (state === undefined) this.#states.delete(id)
    else this.#states.set(id, state)
  }

  #held(id: string): Lock {
    const lock = this.#locks.get(id)
    if (lock === undefined) {
      throw sessionLockLost('The session lock has expired on the session. Accept the session again.')
    }
    return lock
  }
}
