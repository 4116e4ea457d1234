import type { PayloadCache, PayloadStore, StoredPayload } from '../../../src/privacy/payloads/payload-store.ts'

/** A payload store in memory that can be looked into, and made to fail or wait. */
export type MemoryPayloads = PayloadStore & {
  readonly objects: Map<string, { bytes: Uint8Array; modified: Date }>
  /** The calls so far, such as `get a/b`. */
  readonly calls: string[]
  /** Runs before each call; a test replaces it. */
  before: (call: string) => Promise<void> | void
  /** Runs after each call of `get` has read, before it returns. */
  afterRead: (key: string) => Promise<void> | void
}

export function memoryPayloads(name = 'memory', now: () => Date = () => new Date()): MemoryPayloads {
  const objects = new Map<string, { bytes: Uint8Array; modified: Date }>()
  const began = async (call: string) => {
    store.calls.push(call)
    await store.before(call)
  }
  const matching = (prefix: string) => [...objects.keys()].filter((key) => key.startsWith(prefix)).sort()
  const store: MemoryPayloads = {
    name,
    objects,
    calls: [],
    before: () => {},
    afterRead: () => {},
    async put(key, bytes) {
      await began(`put ${key}`)
      objects.set(key, { bytes: Uint8Array.from(bytes), modified: now() })
    },
    async get(key) {
      await began(`get ${key}`)
      const found = objects.get(key)?.bytes
      await store.afterRead(key)
      return found
    },
    async remove(key) {
      await began(`remove ${key}`)
      objects.delete(key)
    },
    async removeAll(prefix) {
      await began(`removeAll ${prefix}`)
      const keys = matching(prefix)
      for (const key of keys) objects.delete(key)
      return keys.length
    },
    async *list(prefix = ''): AsyncGenerator<StoredPayload> {
      await began(`list ${prefix}`)
      for (const key of matching(prefix)) {
        const found = objects.get(key)
        if (found) yield { key, bytes: found.bytes.byteLength, modified: found.modified }
      }
    },
  }
  return store
}

/** A cache in memory that can be looked into; it refuses what was removed, as every cache must. */
export type MemoryCache = PayloadCache & {
  readonly entries: Map<string, Uint8Array>
  readonly refused: Set<string>
  readonly calls: string[]
  before: (call: string) => Promise<void> | void
}

export function memoryCache(): MemoryCache {
  const entries = new Map<string, Uint8Array>()
  const refused = new Set<string>()
  const began = async (call: string) => {
    cache.calls.push(call)
    await cache.before(call)
  }
  const refuse = (keys: readonly string[]) => {
    for (const key of keys) {
      entries.delete(key)
      refused.add(key)
    }
  }
  const cache: MemoryCache = {
    entries,
    refused,
    calls: [],
    before: () => {},
    async getMany(keys) {
      await began('getMany')
      return new Map([...entries].filter(([key]) => keys.includes(key)))
    },
    async set(added) {
      await began('set')
      for (const [key, bytes] of added) if (!refused.has(key)) entries.set(key, bytes)
    },
    async remove(keys) {
      await began('remove')
      refuse(keys)
    },
    async removeAll(prefix) {
      await began(`removeAll ${prefix}`)
      refuse([...entries.keys()].filter((key) => key.startsWith(prefix)))
    },
  }
  return cache
}
