// The public names, one by one. What adapters are written with is in `tidemark/core`, what tests use in
// `tidemark/testing`, and each database in a sub-path of its own.

export { type Aggregate, defineAggregate } from './aggregates/aggregate.ts'
export type { Command, CommandOf, Decision } from './aggregates/commands/command.ts'
export type { CommandOptions, ExecuteOptions } from './aggregates/commands/command-options.ts'
export type { Executed } from './aggregates/commands/command-result.ts'
export { type LoadedState, type Repository, repository } from './aggregates/repository.ts'
export type { RepositoryOptions } from './aggregates/repository-options.ts'
export { checkUnique } from './aggregates/unique/check-unique.ts'
export { rebuildUnique } from './aggregates/unique/rebuild-unique.ts'
export { deleteStream } from './core/append/delete-stream.ts'
export type { ExpectedVersion } from './core/append/expected-version.ts'
export type { Clock } from './core/clock.ts'
export { WrongExpectedVersion } from './core/errors/append.ts'
export { TidemarkError } from './core/errors/base.ts'
export { InvalidEventData } from './core/errors/input.ts'
export { DestinationUnavailable } from './core/errors/reaction.ts'
export { defineEvents } from './core/events/define-events.ts'
export { type EventStore, eventStore } from './core/events/event-store.ts'
export type {
  EventOf,
  EventSet,
  EventTypesOf,
  NewEvent,
  NewEventOf,
  Parsed,
  RecordedEvent,
} from './core/events/types.ts'
export type { Json, JsonObject } from './core/json/json.ts'
export { mergePositions, type PositionToken } from './core/positions/position-token.ts'
export { formatStreamId, idOf, parseStreamId, type StreamIdParts } from './core/stream-id.ts'
export type { Telemetry } from './core/telemetry/telemetry.ts'
export { type Collected, type TelemetrySink, telemetrySink } from './core/telemetry/telemetry-sink.ts'
export { openStorage } from './open/open-storage.ts'
export type { WorkerStatus } from './processor/lease-manager.ts'
export { type Processor, type ProcessorOptions, startProcessor } from './processor/processor.ts'
export { type ParkedSequences, parkedSequences } from './processor/replay/parked-sequences.ts'
export type { ProcessorStatus, RangeStatus } from './processor/status/status.ts'
export {
  type ProjectionVersion,
  type ProjectionVersions,
  projectionVersions,
} from './processor/versions/listing/projection-versions.ts'
export { defineProjection } from './projections/define-projection.ts'
export type { Projection } from './projections/projection.ts'
export { defineReaction } from './reactions/define-reaction.ts'
export type { BatchContext, Reaction, ReactionContext } from './reactions/reaction.ts'
export { type PendingTimers, pendingTimers } from './timers/pending-timers.ts'
export type { FiredTimer } from './timers/timer.ts'
export type { Views, ViewsQuery } from './views/views.ts'
export { type Storage, withViews } from './views/with-views.ts'
