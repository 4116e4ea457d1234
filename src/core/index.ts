// What adapters are built from, published as `tidemark/core`: the port, the rules that all adapters share, and all
// errors. What an application needs is in `tidemark`.

export { Comparisons } from './adapters/comparisons.ts'
export {
  type ContinuationContent,
  decodeContinuation,
  encodeContinuation,
  isEncodedContinuation,
  type LastEvent,
} from './adapters/continuation.ts'
export { type DerivedPlace, furthestPlaces } from './adapters/lease-checkpoints.ts'
export type { PagePlace } from './adapters/page-token.ts'
export { orderedValueAt, type ViewSelection, viewSelectionOf } from './adapters/view-selection.ts'
export { type AppendVerdict, judgeAppend } from './append/append-rules.ts'
export { assertExpectedVersion, type ExpectedVersion, isExpected } from './append/expected-version.ts'
export { type PreparedEvent, prepareAppend, prepareTombstone } from './append/prepare-append.ts'
export { type Clock, systemClock } from './clock.ts'
export * from './errors/index.ts'
export { canonicalJson } from './json/canonical-json.ts'
export { assertJson, type Json, type JsonObject } from './json/json.ts'
export * from './port/change-feed.ts'
export * from './port/event-document.ts'
export * from './port/event-log.ts'
export * from './port/lease-store.ts'
export * from './port/save.ts'
export * from './port/snapshot-store.ts'
export * from './port/storage.ts'
export * from './port/storage-health.ts'
export * from './port/view-store.ts'
export {
  containsHash,
  containsInterval,
  fullInterval,
  type HashInterval,
  sameInterval,
} from './positions/hash-interval.ts'
export { comparePositions, type Position, type Tidemark } from './positions/position.ts'
export { decodePosition, encodePosition, type PositionMark, type PositionToken } from './positions/position-token.ts'
export { type PreparedView, prepareView } from './prepare-view.ts'
export { parsePath } from './reading/field-path.ts'
export {
  type Condition,
  FILTER_LIMITS,
  type FieldOperators,
  type FieldRange,
  type Filter,
  parseFilter,
  type RangeOperator,
  type Scalar,
} from './reading/filter.ts'
export { followingPage } from './reading/following-page.ts'
export { assertFeedStart, eraseLimitOf, feedLimitOf, readOptionsOf } from './reading/read-options.ts'
export { assertStreamId, formatStreamId, parseStreamId, type StreamIdParts } from './stream-id.ts'
export { assertViewKey } from './view-key.ts'
