import type { PersonalRule } from '../core/events/sealing/personal-types.ts'

/**
 * What readers need to know about a projection. It is structural, so that a reader can name views without the code that
 * folds them; `defineProjection` returns one.
 */
export type ProjectionRef<V = unknown> = {
  readonly name: string
  /** The version of the code; readers get the active version, which may be a different one during a rebuild. */
  readonly version: number
  /** A view before its first event; it determines the type of the views. */
  readonly initial: (key: string) => V
  /**
   * Which members of its views are sealed. Readers without it get the text `(sealed)` in place of them, whatever their
   * type is.
   */
  readonly personal?: readonly PersonalRule[]
  /** Merges parts of a view, if the projection's views are stored in parts. */
  merge?(a: V, b: V): V
}
