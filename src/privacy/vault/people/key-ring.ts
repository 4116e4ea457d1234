import { createSecretKey, type KeyObject } from 'node:crypto'
import type { Clock } from '../../../core/clock.ts'
import { KeysUnavailable } from '../../../core/errors/privacy.ts'
import { type PersonKeys, personKeys } from '../../sealing/derived-keys.ts'
import type { Epochs } from '../epochs.ts'
import type { KeyStore } from '../key-store.ts'
import { KeyCache, type KnownKeys, type Moment } from './key-cache.ts'
import { formatKeyReference, parseKeyReference } from './key-reference.ts'
import type { KeyAnswer, Keys } from './keys.ts'
import { makeKeys } from './make-keys.ts'
import { keyIdOf } from './person-id.ts'
import { openKey } from './person-key.ts'

const ATTEMPTS = 3

/** What a key ring consists of. */
export type KeyRingParts = {
  readonly store: KeyStore
  readonly epochs: Epochs
  readonly indexSecret: KeyObject
  readonly clock: Clock
  /** The random source for jitter. */
  readonly random: () => number
  readonly cache: { readonly max: number; readonly ttl: number }
}

/** What was read, and when the read began. */
type ReadInTime = { readonly known: ReadonlyMap<string, KnownKeys>; readonly began: Moment }

/** Reads the keys of people, makes new ones, and caches them for a limited time. */
export class KeyRing implements Keys {
  readonly #parts: KeyRingParts
  readonly #cache: KeyCache
  // Reads that are under way, by key id: another caller that needs the same one joins.
  readonly #reading = new Map<string, Promise<ReadonlyMap<string, KnownKeys>>>()

  constructor(parts: KeyRingParts) {
    this.#parts = parts
    this.#cache = new KeyCache(parts.clock, parts.cache.max, parts.cache.ttl)
  }

  /** @throws InvalidPersonId */
  keyIdOf(person: string): string {
    return keyIdOf(this.#parts.indexSecret, person)
  }

  /** The document of a person changed, so what is cached of it, or is being read, no longer counts. */
  evict(keyId: string): void {
    this.#cache.delete(keyId)
    this.#reading.delete(keyId)
  }

  async forSealing(people: Iterable<string>): Promise<ReadonlyMap<string, PersonKeys | 'forgotten'>> {
    const keyIds = new Map<string, string>()
    for (const person of people) keyIds.set(person, this.keyIdOf(person))
    const known = await this.#find(keyIds.values())
    const { current } = this.#parts.epochs.root
    const isUsable = (one: KnownKeys | undefined) => one?.keys !== undefined && one.document.epoch >= current
    const lacking = [...new Set(keyIds.values())].filter((keyId) => !isUsable(known.get(keyId)))
    // A cached fence may be out of date; the absence of a document is never cached.
    const isRead = lacking.every((keyId) => !known.has(keyId))
    const making = { ...this.#parts, load: (ids: readonly string[]) => this.#load(ids) }
    const made = lacking.length > 0 ? await makeKeys(making, lacking, isRead ? known : undefined) : undefined
    const answers = new Map<string, PersonKeys | 'forgotten'>()
    for (const [person, keyId] of keyIds) {
      answers.set(person, made?.get(keyId) ?? (known.get(keyId)?.keys as PersonKeys))
    }
    return answers
  }

  async forOpening(
    references: Iterable<string>,
    { fresh = false }: { readonly fresh?: boolean } = {},
  ): Promise<ReadonlyMap<string, KeyAnswer>> {
    const wanted = [...new Set(references)].map((reference) => ({ reference, ...parseKeyReference(reference) }))
    const keyIds = new Set(wanted.flatMap(({ keyId = [] }) => keyId))
    if (fresh) for (const keyId of keyIds) this.evict(keyId)
    const known = new Map(await this.#find(keyIds))
    // A generation that the cache does not know, or that a read under way missed, may have been made since.
    const older = wanted.flatMap(({ keyId, generation = 0 }) =>
      keyId !== undefined && (known.get(keyId)?.document.generation ?? 0) < generation ? keyId : [],
    )
    for (const keyId of older) this.evict(keyId)
    if (older.length > 0) for (const [keyId, found] of await this.#find(older)) known.set(keyId, found)
    return new Map(
      wanted.map(({ reference, keyId = '', generation = 0 }) => [
        reference,
        answerOf(known.get(keyId), generation, reference),
      ]),
    )
  }

  async #find(keyIds: Iterable<string>): Promise<ReadonlyMap<string, KnownKeys>> {
    const found = new Map<string, KnownKeys>()
    const now = this.#cache.now()
    const reads = new Map<string, Promise<ReadonlyMap<string, KnownKeys>>>()
    const lacking: string[] = []
    for (const keyId of new Set(keyIds)) {
      const cached = this.#cache.get(keyId, now)
      const reading = this.#reading.get(keyId)
      if (cached) found.set(keyId, cached)
      else if (reading) reads.set(keyId, reading)
      else lacking.push(keyId)
    }
    const read = lacking.length > 0 ? this.#load(lacking) : undefined
    if (read) for (const keyId of lacking) reads.set(keyId, read)
    // All of them, so that no rejection is left unhandled.
    await Promise.all(new Set(reads.values()))
    for (const [keyId, reading] of reads) {
      const known = (await reading).get(keyId)
      if (known) found.set(keyId, known)
    }
    return found
  }

  /** Reads keys, whatever is cached, and caches them, unless they change while they are read. */
  #load(keyIds: readonly string[]): Promise<ReadonlyMap<string, KnownKeys>> {
    const inTime = this.#readInTime(keyIds)
    const reading = inTime.then(({ known }) => known)
    for (const keyId of keyIds) this.#reading.set(keyId, reading)
    const end = (read?: ReadInTime) => {
      for (const keyId of keyIds) {
        if (this.#reading.get(keyId) !== reading) continue
        this.#reading.delete(keyId)
        const found = read?.known.get(keyId)
        if (read && found) this.#cache.set(keyId, found, read.began)
        else this.#cache.delete(keyId)
      }
    }
    inTime.then(end, () => end())
    return reading
  }

  /** Reads again what took so long that a person may have been forgotten completely since it was read. */
  async #readInTime(keyIds: readonly string[]): Promise<ReadInTime> {
    for (let attempt = 1; attempt <= ATTEMPTS; attempt++) {
      const began = this.#cache.now()
      const known = await this.#read(keyIds)
      if (this.#cache.isInTime(began)) return { known, began }
    }
    throw new KeysUnavailable('The storage of the keys takes longer to respond than a key may be used: keyCache.ttl')
  }

  async #read(keyIds: readonly string[]): Promise<ReadonlyMap<string, KnownKeys>> {
    const { store, epochs } = this.#parts
    const { root, keys } = await store.read(keyIds)
    epochs.accept(root)
    const known = new Map<string, KnownKeys>()
    for (const [keyId, { document, etag }] of keys) {
      const key = await openKey(epochs, keyId, document)
      const reference = formatKeyReference({ keyId, generation: document.generation })
      known.set(keyId, { document, etag, keys: key && personKeys(reference, createSecretKey(key)) })
      key?.fill(0)
    }
    return known
  }
}

function answerOf(known: KnownKeys | undefined, generation: number, reference: string): KeyAnswer {
  if (known === undefined) return 'missing'
  if (generation <= known.document.forgottenThrough) return 'forgotten'
  return known.keys?.ref === reference ? known.keys : 'missing'
}
