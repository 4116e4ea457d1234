import { CommandIdReused, PeriodClosed, StreamNotFound } from '../../core/errors/append.ts'
import { InvalidConfiguration } from '../../core/errors/input.ts'
import type { EventTypes } from '../../core/events/types.ts'
import type { AppendResult } from '../../core/port/event-log.ts'
import { mergePositions } from '../../core/positions/position-token.ts'
import { Conflict, retryConflicts } from '../commands/append-or-conflict.ts'
import { type CarriedOut, commandKey, findCommand } from '../commands/command-id.ts'
import type { CommandOptions } from '../commands/command-options.ts'
import type { Executed } from '../commands/command-result.ts'
import type { CommandContext } from '../commands/decide.ts'
import type { Context } from '../state/context.ts'
import { loadStream } from '../state/load.ts'
import { findOpenPeriod } from './find-open-period.ts'
import { type PeriodStreams, parseClosing, periodStreams } from './period-events.ts'
import { carryOutClose, planClose } from './plan-close.ts'

/** The books to close, and the next period. */
export type CloseOptions = CommandOptions & { readonly period: string; readonly successor: string }

/** `Repository.close`. */
export async function closePeriod<S, E extends EventTypes>(
  context: Context<S, E>,
  id: string,
  { period, successor, metadata, ...options }: CloseOptions,
): Promise<Executed<S, E>> {
  const streams = periodStreams(context.aggregate, id)
  const streamId = streams.of(period)
  if (successor <= period) throw new InvalidConfiguration('successor', `it does not come after ${period}`)
  const stamp: CommandContext = { key: commandKey(streams.root, options), metadata }

  return retryConflicts(context, async () => {
    const open = await findOpenPeriod(context, streams)
    if (open.period === undefined) throw new StreamNotFound(streams.root)
    const done = stamp.key && (await findCommand(context.storage, stamp.key, [streamId]))
    if (done) return replayClose(context, streams, done)
    if (period < open.period) throw new PeriodClosed(streamId, period, open.period)
    if (period > open.period) throw new StreamNotFound(streamId)
    const plan = await planClose(context, streams, open, successor, stamp)
    if (plan instanceof Conflict) return plan
    const outcome = await carryOutClose(context, streams, open, plan, stamp)
    if (outcome instanceof Conflict) return outcome
    return answer(streamId, open.loaded.state, outcome.closed, outcome.opened)
  })
}

async function replayClose<S, E extends EventTypes>(
  context: Context<S, E>,
  streams: PeriodStreams,
  { streamId, append }: CarriedOut,
): Promise<Executed<S, E>> {
  const closing = parseClosing(append.events[0])
  const { commandId } = append.events[0]?.metadata ?? {}
  if (closing === undefined) throw new CommandIdReused(commandId ?? '')
  const { state } = await loadStream(context, streamId, { version: append.version })
  const opened = await context.storage.events.findAppend(
    streams.of(closing.successor),
    closing.opening.metadata.eventId,
  )
  return answer(streamId, state, { ...append, duplicate: true }, opened)
}

const answer = <S, E extends EventTypes>(
  streamId: string,
  state: S,
  { version, position, duplicate }: AppendResult,
  opened: Pick<AppendResult, 'position'> | undefined,
): Executed<S, E> => ({
  streamId,
  version,
  // Projections see the close as the event that carries the state over.
  position: opened ? mergePositions([position, opened.position]) : position,
  state,
  events: [],
  duplicate,
})
