import type { IndexingPolicy } from './indexing-policy.ts'

/** A change of an indexing policy, while the documents that are there already are being indexed. */
export type Transformation = {
  /** The policy that the index still follows. */
  readonly from: IndexingPolicy
  /** Milliseconds since 1970. */
  readonly begun: number
  /** Milliseconds that it takes. */
  readonly duration: number
}

/** How much of a transformation is done, in per cent. */
export function progressOf(transformation: Transformation | undefined, nowMs: number): number {
  if (transformation === undefined) return 100
  const { begun, duration } = transformation
  return nowMs >= begun + duration ? 100 : Math.floor(Math.max(0, nowMs - begun) * (99 / duration))
}
