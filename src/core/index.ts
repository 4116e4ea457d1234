// The words that adapters are written in, published as `tidemark/core`: the port, the rules that every adapter
// shares, and all errors. What an application needs is in `tidemark`.

export { Comparisons } from './adapters/comparisons.ts'
export {
  type ContinuationContent,
  decodeContinuation,
  encodeContinuation,
  isEncodedContinuation,
  type LastEvent,
} from './adapters/continuation.ts'
export { type DerivedPlace, furthestPlaces } from './adapters/lease-places.ts'
export { type AppendVerdict, judgeAppend } from './append-rules.ts'
export { type Clock, systemClock } from './clock.ts'
export * from './errors/index.ts'
export { canonicalJson } from './events/canonical.ts'
export { assertExpectedVersion, type ExpectedVersion, isExpected } from './expected-version.ts'
export { type Condition, type FieldRange, type Filter, parseFilter, parsePath, type Scalar } from './filter.ts'
export { followingPage } from './following-page.ts'
export { containsHash, containsInterval, fullInterval, type HashInterval, sameInterval } from './hash-interval.ts'
export { assertJson, type Json, type JsonObject } from './json.ts'
export * from './port/change-feed.ts'
export * from './port/event-document.ts'
export * from './port/event-log.ts'
export * from './port/lease-store.ts'
export * from './port/save.ts'
export * from './port/snapshot-store.ts'
export * from './port/storage.ts'
export * from './port/view-store.ts'
export { comparePositions, type Position, type Tidemark } from './position.ts'
export { decodePosition, encodePosition, type PositionMark, type PositionToken } from './position-token.ts'
export { type PreparedEvent, prepareAppend, prepareTombstone } from './prepare-append.ts'
export { type PreparedView, prepareView } from './prepare-view.ts'
export { assertFeedStart, eraseLimitOf, feedLimitOf, readOptionsOf } from './read-options.ts'
export { assertStreamId, formatStreamId, parseStreamId, type StreamIdParts } from './stream-id.ts'
export { assertViewKey } from './view-key.ts'
