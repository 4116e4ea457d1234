import { deepFreeze } from '../../core/json/deep-freeze.ts'
import type { Json, JsonObject } from '../../core/json/json.ts'
import { jsonDigest } from '../../core/json/json-digest.ts'

/** The current state of a view. */
export type WatchedView<V> = {
  /** Null if there is no view, or not any more. It is frozen, because other watchers receive the same object. */
  readonly view: V | null
  /** Identifies the content: it changes exactly when what readers see changes, even across a rebuild or a restart. */
  readonly digest: string
}

/** One view and its watchers. */
export type WatchedTopic = {
  /** Undefined until it was read. */
  readonly current: WatchedView<JsonObject> | undefined
  /** Why it can no longer be watched. */
  readonly failure: { readonly error: unknown } | undefined
  /** The number of watchers. */
  readonly watchers: number
  show(view: JsonObject | null): void
  fail(error: unknown): void
  /** Calls back after each change, until the returned function is called. */
  subscribe(onChange: () => void): () => void
}

/** Creates the topic of a view, without watchers. */
export function createTopic(): WatchedTopic {
  const watchers = new Set<() => void>()
  let current: WatchedView<JsonObject> | undefined
  let failure: { readonly error: unknown } | undefined
  const notify = () => {
    for (const onChange of watchers) onChange()
  }
  return {
    get current() {
      return current
    },
    get failure() {
      return failure
    },
    get watchers() {
      return watchers.size
    },
    show(view) {
      const digest = jsonDigest(view as Json)
      if (digest === current?.digest) return
      current = { view: deepFreeze(view), digest }
      notify()
    },
    fail(error) {
      failure = { error }
      notify()
    },
    subscribe(onChange) {
      watchers.add(onChange)
      return () => void watchers.delete(onChange)
    },
  }
}
