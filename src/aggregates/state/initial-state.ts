import { builtin } from '../../core/builtin-modules.ts'
import { makeImmutable } from '../../core/json/deep-freeze.ts'

/**
 * Makes what gives the state before the first event. All aggregates share one where nothing can change it; one with a
 * Map, a Set or a Date in it, which no freezing protects, is copied for each.
 */
export function initialStates<S>(initial: S): () => S {
  return makeImmutable(initial) ? () => initial : () => structuredClone(initial)
}

/** Whether an initial state can be given to several aggregates: instances of classes and functions cannot be copied. */
export function isShareable(initial: unknown): boolean {
  if (makeImmutable(initial)) return true
  try {
    return builtin.util().isDeepStrictEqual(structuredClone(initial), initial)
  } catch {
    return false
  }
}
