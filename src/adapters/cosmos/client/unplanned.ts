import type { QueryIterator } from '@azure/cosmos'

// Where the SDK would look at a plan after all, this is what it fails with.
const NO_PLAN: unknown = new Error('A query of one partition needs no plan')

/**
 * Keeps the SDK from asking for the plan of a query that goes to one partition. It asks for one with every iterator, in
 * a request of its own, and looks at it only where the server cannot answer without.
 */
export function unplanned<T>(iterator: QueryIterator<T>): QueryIterator<T> {
  // The field is private. If a release of the SDK has no such one, plans are asked for again, and nothing else changes.
  return Object.assign(iterator, { queryPlanPromise: Promise.resolve(NO_PLAN) })
}
