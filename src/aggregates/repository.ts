import { assertExpectedVersion } from '../core/append/expected-version.ts'
import { InvalidConfiguration, InvalidDefinition } from '../core/errors/input.ts'
import type { EventTypes } from '../core/events/types.ts'
import { formatStreamId } from '../core/stream-id.ts'
import { categoryOf, traceAppend } from '../core/telemetry/trace-append.ts'
import type { Aggregate } from './aggregate.ts'
import type { Command, Decided, Returned } from './commands/command.ts'
import { commandKey } from './commands/command-id.ts'
import type { CommandOptions, ExecuteOptions } from './commands/command-options.ts'
import type { Executed } from './commands/command-result.ts'
import { streamSource } from './commands/execute.ts'
import { contextOf } from './create-context.ts'
import { batchingGate } from './gate/batching-gate.ts'
import { serveCommands } from './gate/serve-commands.ts'
import { type CloseOptions, closePeriod } from './periods/close-period.ts'
import { periodSource } from './periods/execute-in-period.ts'
import { findOpenPeriod } from './periods/find-open-period.ts'
import { listPeriods } from './periods/list-periods.ts'
import { loadPeriod } from './periods/load-period.ts'
import { periodStreams } from './periods/period-events.ts'
import type { RepositoryOptions } from './repository-options.ts'
import { type AsOf, limitOf } from './state/as-of.ts'
import type { RepositoryStorage } from './state/context.ts'
import { domainVersion, loadStream } from './state/load.ts'

/** Which state to load; by default the newest. */
export type LoadOptions = {
  /** A period; by default the newest, or the one that was the newest at the time of `asOf`. */
  readonly period?: string
  /** A version of the stream, or a time: everything that was recorded up to and at it. */
  readonly asOf?: AsOf
}

/** A state and its origin. */
export type LoadedState<S> = {
  readonly streamId: string
  /** It is frozen, if it consists of plain objects and arrays, because it may be shared. */
  readonly state: S
  /** The version of the last event that is folded in; 0 if the aggregate does not exist. */
  readonly version: number
  /** Whether there is any event of the aggregate: otherwise `state` is the initial one. */
  readonly exists: boolean
  /** The period that was loaded, for an aggregate with periods. */
  readonly period?: string
}

/** Loads one kind of aggregate and executes commands on it. */
export interface Repository<S, E extends EventTypes> {
  /**
   * Loads, runs the command, appends its events at exactly the version that was loaded, and starts over if another
   * writer got there first. Whatever the command throws is passed to the caller unchanged, and then nothing is written.
   * Concurrent commands on one aggregate are run one after another and share an append; each has its own result.
   *
   * For an aggregate with periods, the command runs in the open period, or in `period`: for a later one, the books of
   * the open one are closed first; the first command of an aggregate must name one.
   *
   * @throws WrongExpectedVersion after too many conflicts; ValueTaken, UniqueIndexStale; CommandIdReused, PeriodClosed, StreamDeleted,
   *   InvalidStreamId, InvalidCommand, UnknownEventType, InvalidEventData, InvalidEvent, AppendTooLarge, EventIdReused;
   *   InvalidConfiguration if a period is missing or there are none; InvalidDefinition if the aggregate was stored with
   *   periods and has none now, or the other way round
   */
  execute<const R extends Returned<E>>(
    id: string,
    command: (state: S) => Decided<R, E>,
    options?: ExecuteOptions,
  ): Promise<Executed<S, E>>
  /**
   * Folds the aggregate's events. One that does not exist has the initial state and `exists: false`.
   *
   * @throws StreamDeleted, InvalidStreamId, EventSchemaTooNew, UpcastFailed, InvalidQuery for an invalid `asOf`
   */
  load(id: string, options?: LoadOptions): Promise<LoadedState<S>>
  /**
   * Closes the books of the open period and opens its successor with the state carried over. The result describes the
   * period that was closed; waiting for its position also waits for the event that opened the successor.
   *
   * @throws PeriodClosed if they are already closed, unless by the same command id: then it returns the first result;
   *   StreamNotFound if the aggregate or the period does not exist; InvalidDefinition for an aggregate without periods;
   *   and as `execute` does
   */
  close(id: string, options: CloseOptions): Promise<Executed<S, E>>
  /** The aggregate's periods, the oldest first. @throws InvalidDefinition for an aggregate without periods */
  periods(id: string): Promise<readonly string[]>
  /** Resolves when no snapshot is being saved any more. Closing the storage also waits for them. */
  settled(): Promise<void>
}

/**
 * Creates the repository of an aggregate in a storage.
 *
 * @throws InvalidConfiguration; NotJson if snapshots are enabled for a state that is not JSON
 */
export function repository<S, E extends EventTypes>(
  storage: RepositoryStorage,
  aggregate: Aggregate<S, E>,
  options: RepositoryOptions = {},
): Repository<S, E> {
  const context = contextOf(storage, aggregate, options)
  const rootOf = (id: string) => formatStreamId({ category: aggregate.category, id })
  // One aggregate's commands run one after another, and waiting ones share an append.
  const enter = aggregate.periods
    ? batchingGate((id) => serveCommands(context, periodSource(context, periodStreams(aggregate, id))))
    : batchingGate((id) => serveCommands(context, streamSource(context, rootOf(id))))
  const assertPeriods = () => {
    if (!aggregate.periods) throw new InvalidDefinition(`Aggregate ${aggregate.category} has no periods`)
  }
  /** Runs an operation in a span, with the metadata that names it, and counts what was appended. */
  async function traced<O extends CommandOptions>(
    id: string,
    given: O,
    work: (options: O) => Promise<Executed<S, E>>,
  ): Promise<Executed<S, E>> {
    const stream = `${aggregate.category}:${id}`
    const executed = await traceAppend(context.telemetry, stream, given.metadata, (metadata) =>
      work(metadata ? { ...given, metadata } : given),
    )
    const appended = executed.duplicate ? 0 : executed.events.length
    context.telemetry.count('tidemark.events.appended', appended, categoryOf(stream))
    return executed
  }

  return {
    execute: (id, command, options = {}) =>
      traced(id, options, async ({ period, ...rest }) => {
        if (rest.expectedVersion !== undefined) assertExpectedVersion(rest.expectedVersion)
        const root = rootOf(id)
        if (aggregate.periods === undefined) assertNoPeriod(aggregate.category, period)
        else if (period !== undefined) periodStreams(aggregate, id).of(period)
        const stamp = { key: commandKey(root, rest), metadata: rest.metadata }
        const options = { ...rest, ...(period !== undefined && { period }) }
        // The types that name a mistake in what a command returns are for its caller only.
        return enter(id, { command: command as Command<S, E>, options, stamp, seen: new Set(), retries: 0 })
      }),
    async load(id, { period, asOf } = {}) {
      limitOf(asOf)
      if (aggregate.periods) {
        const chosen = { ...(period !== undefined && { period }), ...(asOf !== undefined && { asOf }) }
        return toLoadedState(await loadPeriod(context, id, chosen))
      }
      assertNoPeriod(aggregate.category, period)
      return toLoadedState(await loadStream(context, rootOf(id), asOf))
    },
    async close(id, closeOptions) {
      assertPeriods()
      return traced(id, closeOptions, (options) => closePeriod(context, id, options))
    },
    async periods(id) {
      assertPeriods()
      const streams = periodStreams(aggregate, id)
      await findOpenPeriod(context, streams)
      return (await listPeriods(storage, streams)).map(({ period }) => period)
    },
    settled: () => context.snapshots.settled(),
  }
}

function assertNoPeriod(category: string, period: string | undefined): void {
  if (period !== undefined) throw new InvalidConfiguration('period', `aggregate ${category} has no periods`)
}

const toLoadedState = <S>({
  streamId,
  state,
  version,
  exists,
  period,
}: {
  readonly streamId: string
  readonly state: S
  readonly version: number
  readonly exists: boolean
  readonly period?: string
}): LoadedState<S> => ({
  streamId,
  state,
  version: domainVersion({ exists, version }),
  exists,
  ...(period !== undefined && { period }),
})
