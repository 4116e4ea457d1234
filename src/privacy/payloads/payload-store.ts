/**
 * Where bytes kept apart from their event are stored: a folder, S3, Azure Blob. Keys consist of parts joined by `/`,
 * each percent-encoded, so that the objects of one person's key share a prefix.
 */
export interface PayloadStore {
  /** For messages and status, never a secret; such as the bucket. */
  readonly name: string
  /** Stores an object durably; an object of the same key is replaced. @throws PayloadStoreFailed */
  put(key: string, bytes: Uint8Array, signal?: AbortSignal): Promise<void>
  /** The object, or undefined if the store says that there is none. @throws PayloadStoreFailed */
  get(key: string, signal?: AbortSignal): Promise<Uint8Array | undefined>
  /** Removes an object with all versions that the store keeps of it; it may be absent. @throws PayloadStoreFailed */
  remove(key: string): Promise<void>
  /**
   * Removes all objects whose key begins with this text, with all their versions; call it again after an interruption.
   *
   * @returns how many objects were removed
   * @throws PayloadStoreFailed
   */
  removeAll(prefix: string): Promise<number>
  /** Lists objects page by page; memory does not grow with their number. @throws PayloadStoreFailed */
  list(prefix?: string): AsyncIterable<StoredPayload>
}

/** An object of a payload store, without its content. */
export type StoredPayload = {
  readonly key: string
  /** Its size. */
  readonly bytes: number
  /** When it was last written, by the store's clock. */
  readonly modified: Date
}

/** A cache in front of payload stores. Reading and filling never fail: when it is down, it holds nothing. */
export interface PayloadCache {
  /** What it holds of these keys, in one round trip. */
  getMany(keys: readonly string[]): Promise<Map<string, Uint8Array>>
  /** Keeps entries for the cache's time to live, except those that were removed within that time. */
  set(entries: Iterable<readonly [key: string, bytes: Uint8Array]>): Promise<void>
  /**
   * Removes entries, and refuses them for the cache's time to live, so that a read which began earlier, perhaps in
   * another process, cannot put them back.
   *
   * @throws PayloadStoreFailed if they may still be there
   */
  remove(keys: readonly string[]): Promise<void>
  /** Removes all entries whose key begins with this text, likewise. @throws PayloadStoreFailed */
  removeAll(prefix: string): Promise<void>
}

/** What decides where a payload is stored. */
export type PayloadTraits = {
  /** The category of its stream. */
  readonly category: string
  /** The type of its event. */
  readonly type: string
  /** The member of the event's data. */
  readonly field: string
  /** Whether it is a person's, so that it is sealed and forgotten with the person. */
  readonly personal: boolean
  /** The size of the stored object. */
  readonly bytes: number
}

/** Sends payloads to a store. The first rule that matches decides; its name goes into the event's reference. */
export type PayloadRule = {
  /** Stored in events: never give it to another store while events refer to it. */
  readonly name: string
  /** Which payloads; all of them by default. */
  readonly when?: (payload: PayloadTraits) => boolean
  readonly store: PayloadStore
}
