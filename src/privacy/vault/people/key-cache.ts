import { LRUCache } from 'lru-cache'
import { type Clock, systemClock } from '../../../core/clock.ts'
import type { PersonKeys } from '../../sealing/derived-keys.ts'
import type { KeyDocument } from './key-document.ts'

/** Keys of a person as they were read. */
export type KnownKeys = {
  readonly document: KeyDocument
  readonly etag: string
  /** Those of the newest generation, unless it was forgotten. */
  readonly keys: PersonKeys | undefined
}

// A read takes a moment, also where nothing is cached: milliseconds.
const LEAST = 1000

/** A moment, by the wall clock and by one that is never set. */
export type Moment = { readonly wall: number; readonly steady: number }

/**
 * Keeps what was read of keys for a limited time, so that a key that another process forgot can be used no longer than
 * that. The time counts from before the read.
 */
export class KeyCache {
  readonly #clock: Clock
  readonly #ttl: number
  readonly #entries: LRUCache<string, { readonly known: KnownKeys; readonly read: Moment }>

  /**
   * @param max how many people, from 1
   * @param ttl milliseconds
   */
  constructor(clock: Clock, max: number, ttl: number) {
    this.#clock = clock
    this.#ttl = ttl
    this.#entries = new LRUCache({ max })
  }

  now(): Moment {
    const wall = this.#clock.now()
    return { wall, steady: this.#clock === systemClock ? performance.now() : wall }
  }

  get(keyId: string, now: Moment): KnownKeys | undefined {
    const entry = this.#entries.get(keyId)
    if (entry === undefined) return undefined
    if (this.#isFresh(entry.read, now)) return entry.known
    this.#entries.delete(keyId)
    return undefined
  }

  /** @param read when the read began */
  set(keyId: string, known: KnownKeys, read: Moment): void {
    this.#entries.set(keyId, { known, read })
  }

  /** Whether what a read that began then found may still be used, now that it has ended. */
  isInTime(read: Moment): boolean {
    const { wall, steady } = this.now()
    return Math.max(wall - read.wall, steady - read.steady) <= Math.max(this.#ttl, LEAST)
  }

  delete(keyId: string): void {
    this.#entries.delete(keyId)
  }

  // The wall clock may be set back, and the steady one may stop while the machine sleeps: the one that went further is
  // right.
  #isFresh(read: Moment, now: Moment): boolean {
    const steady = now.steady - read.steady
    return steady >= 0 && steady < this.#ttl && now.wall - read.wall < this.#ttl
  }
}
