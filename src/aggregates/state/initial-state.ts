import { builtin } from '../../core/builtin-modules.ts'
import { makeImmutable } from '../../core/json/deep-freeze.ts'

/**
 * Returns a function that provides the state before the first event. All aggregates share one that nothing can change;
 * one that contains a Map, a Set or a Date, which cannot be frozen, is copied for each.
 */
export function initialStates<S>(initial: S): () => S {
  return makeImmutable(initial) ? () => initial : () => structuredClone(initial)
}

/** Whether an initial state can be used for several aggregates: class instances and functions cannot be copied. */
export function isShareable(initial: unknown): boolean {
  if (makeImmutable(initial)) return true
  try {
    return builtin.util().isDeepStrictEqual(structuredClone(initial), initial)
  } catch {
    return false
  }
}
