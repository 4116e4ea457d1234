import type { ViewStore } from '../core/port/view-store.ts'
import type { ClaimContext } from './take-claim.ts'
import type { IndexStorage } from './unique-index.ts'
import type { UniqueValue, UniqueValues } from './unique-values.ts'

/** How claims are made for the aggregates of one category. */
export type UniqueClaims<S> = ClaimContext & {
  readonly category: string
  /** The names of the category's unique values. */
  readonly names: readonly string[]
  readonly storage: ClaimContext['storage'] & IndexStorage & { readonly viewStore: Pick<ViewStore, 'query'> }
  /**
   * Must be awaited before anything is appended: a category is known to have a claim for every value only if that was
   * recorded while it had no streams. After the first time it costs nothing.
   */
  readonly prepare: () => Promise<void>
  readonly valuesOf: (state: S) => UniqueValues
  /** The keys of the claims of values. @throws UniqueIndexStale */
  readonly keysOf: (values: readonly UniqueValue[]) => Promise<readonly string[]>
}
