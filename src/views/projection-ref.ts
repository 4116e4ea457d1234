/**
 * What readers need to know about a projection. It is structural, so that a reader can name views without the code
 * that folds them; `defineProjection` answers one.
 */
export type ProjectionRef<V = unknown> = {
  readonly name: string
  /** The version of the code; what is read is the active version, which may be another one during a rebuild. */
  readonly version: number
  /** A view before its first event; it gives the type of the views. */
  readonly initial: (key: string) => V
  /** Merges parts of a view, where the projection's views are stored in parts. */
  merge?(a: V, b: V): V
}
