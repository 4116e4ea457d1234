// The public names, one by one. What adapters are written with is in `tidemark/core`, what tests use in
// `tidemark/testing`, and each database in a sub-path of its own.

export { type Aggregate, type Command, defineAggregate } from './aggregates/aggregate.ts'
export type { CommandOptions } from './aggregates/command-options.ts'
export type { Executed } from './aggregates/executed.ts'
export { type LoadedState, type Repository, type RepositoryOptions, repository } from './aggregates/repository.ts'
export type { Clock } from './core/clock.ts'
export { deleteStream } from './core/delete-stream.ts'
export { WrongExpectedVersion } from './core/errors/append.ts'
export { TidemarkError } from './core/errors/base.ts'
export { InvalidEventData } from './core/errors/input.ts'
export { defineEvents } from './core/events/define-events.ts'
export { type EventStore, eventStore } from './core/events/event-store.ts'
export type {
  EventOf,
  EventSet,
  NewEvent,
  NewEventOf,
  RecordedEvent,
} from './core/events/types.ts'
export type { ExpectedVersion } from './core/expected-version.ts'
export type { Json, JsonObject } from './core/json.ts'
export { mergePositions, type PositionToken } from './core/position-token.ts'
export { formatStreamId, idOf, parseStreamId, type StreamIdParts } from './core/stream-id.ts'
export type { Telemetry } from './core/telemetry.ts'
export { openStorage } from './open/open-storage.ts'
export { type ParkedSequences, parkedSequences } from './processor/parking/parked-sequences.ts'
export { type Processor, type ProcessorOptions, startProcessor } from './processor/processor.ts'
export type { ProcessorStatus, RangeStatus } from './processor/status.ts'
export { defineProjection } from './projections/define-projection.ts'
export type { Projection } from './projections/projection.ts'
export { defineReaction } from './reactions/define-reaction.ts'
export type { Reaction, ReactionContext } from './reactions/reaction.ts'
export { type Storage, withViews } from './views/storage.ts'
export type { Views } from './views/views.ts'
