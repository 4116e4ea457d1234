import type { ClaimContext } from './take-claim.ts'
import type { UniqueValue, UniqueValues } from './unique-values.ts'

/** How claims are made for the aggregates of one category. */
export type UniqueClaims<S> = ClaimContext & {
  /**
   * Must be awaited before anything is appended: a category is known to have a claim for every value only if that was
   * recorded while it had no streams. After the first time it costs nothing.
   */
  readonly prepare: () => Promise<void>
  readonly valuesOf: (state: S) => UniqueValues
  /** The keys of the claims of values. @throws UniqueIndexStale */
  readonly keysOf: (values: readonly UniqueValue[]) => Promise<readonly string[]>
}
