import { LRUCache } from 'lru-cache'

/** A state to start a fold from, and the conditions under which it is valid. */
export type Base<S> = {
  readonly state: S
  /** The version of the last event that is folded in, 1 or more. */
  readonly version: number
  /** The id of that event, if it is known: a different one there means a different history. */
  readonly eventId?: string
  /** The version of the last snapshot of the stream, as far as it is known; 0 for none. */
  readonly snapshotVersion: number
  /** The keys of the people whose data is folded in. Once one of them is forgotten, the state is invalid. */
  readonly keys?: readonly string[]
}

/**
 * The latest states by stream. An entry only saves reading: its user also reads the event that it ends with, so that a
 * stream that was deleted, truncated or rewritten since is detected.
 */
export type StateCache<S> = {
  get(streamId: string): Base<S> | undefined
  /** Keeps the state, unless a later one is cached. */
  put(streamId: string, base: Base<S>): void
  drop(streamId: string): void
}

/**
 * @param max how many states are cached, or false for none
 * @param incarnation the current incarnation of the log; entries of another one are not returned
 */
export function stateCache<S>(max: number | false, incarnation: () => string): StateCache<S> {
  if (max === false) return { get: () => undefined, put: () => {}, drop: () => {} }
  const entries = new LRUCache<string, { readonly base: Base<S>; readonly incarnation: string }>({ max })
  const get = (streamId: string): Base<S> | undefined => {
    const entry = entries.get(streamId)
    return entry?.incarnation === incarnation() ? entry.base : undefined
  }
  return {
    get,
    put(streamId, base) {
      const kept = get(streamId)
      if (kept === undefined || kept.version <= base.version) {
        entries.set(streamId, { base, incarnation: incarnation() })
      }
    },
    drop(streamId) {
      entries.delete(streamId)
    },
  }
}
