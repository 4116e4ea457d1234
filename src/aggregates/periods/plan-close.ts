import { prepareAppend } from '../../core/append/prepare-append.ts'
import { uuidOf, uuidV7 } from '../../core/append/uuid.ts'
import { WrongExpectedVersion } from '../../core/errors/append.ts'
import { InvalidDefinition } from '../../core/errors/input.ts'
import { encodeEvents } from '../../core/events/codec.ts'
import { stampEvents } from '../../core/events/stamp-events.ts'
import type { EventTypes } from '../../core/events/types.ts'
import type { NewEventDocument } from '../../core/port/event-document.ts'
import type { AppendResult } from '../../core/port/event-log.ts'
import { Conflict, tryAppend } from '../commands/append-or-conflict.ts'
import type { CommandContext } from '../commands/decide.ts'
import { decidedEvents } from '../commands/decided-events.ts'
import { type Preview, previewEvents } from '../commands/preview.ts'
import { sealDecided } from '../commands/seal-decided.ts'
import type { Context, RepositoryStorage } from '../state/context.ts'
import { appendClaimed } from '../unique/append-claimed.ts'
import { type OpenPeriod, openSuccessor } from './find-open-period.ts'
import { closingOf, type PeriodClosing, type PeriodStreams } from './period-events.ts'

/** How the books of a period would be closed. */
export type ClosePlan<S, E extends EventTypes> = {
  readonly closing: PeriodClosing
  readonly mark: NewEventDocument
  /** The successor as it will begin. */
  readonly preview: Preview<S, E>
}

/**
 * Creates the mark that closes the open period and the event that opens its successor, and checks before anything is
 * written that the successor can be opened, because closing the books is final.
 *
 * @throws what `carry` throws, StreamDeleted if the successor's stream was deleted, and those of validation
 */
export async function planClose<S, E extends EventTypes>(
  context: Context<S, E>,
  streams: PeriodStreams,
  open: OpenPeriod<S>,
  successor: string,
  { key, metadata }: CommandContext,
): Promise<ClosePlan<S, E> | Conflict> {
  const { aggregate, storage } = context
  const streamId = streams.of(successor)
  const refusal = (found: string) => new InvalidDefinition(`Aggregate ${aggregate.category}: carry returned ${found}`)
  const carried = decidedEvents<E>(aggregate.periods?.carry(open.loaded.state), refusal)
  if (carried.length !== 1) throw refusal(`${carried.length} events instead of one`)
  const encoded = await encodeEvents(aggregate.events, carried, metadata ? { metadata } : {})
  const [event] = encoded as [NewEventDocument]
  const eventId = key?.eventId(0) ?? uuidV7()
  const begun = { ...event, metadata: { ...event.metadata, eventId: uuidOf('opening', eventId) } }
  const preview = await previewEvents(context, streamId, { state: context.initial(), version: 0 }, [begun])
  // The mark contains the event as the successor's stream will, so it is sealed and stamped for that stream.
  const sealed = await sealDecided(context, streamId, [begun], open.loaded.keys)
  const [opening] = stampEvents(storage.writerSeal, streamId, sealed, 'noStream') as readonly [NewEventDocument]
  prepareAppend(streamId, [opening], { expectedVersion: 'noStream' }, storage.limits)
  const taken = await takenBy(storage, streamId)
  if (taken) return taken
  const closing = { successor, opening }
  const mark = closingOf(closing, {
    eventId,
    ...(key && { commandId: key.id, ...(key.fingerprint !== undefined && { commandFingerprint: key.fingerprint }) }),
    ...metadata,
  })
  return { closing, mark, preview }
}

/**
 * Closes the open period at the version that was loaded, so that of several concurrent closes and commands one wins;
 * then opens and lists the successor.
 */
export async function carryOutClose<S, E extends EventTypes>(
  context: Context<S, E>,
  streams: PeriodStreams,
  { period, loaded, listed }: OpenPeriod<S>,
  { closing, mark, preview }: ClosePlan<S, E>,
  { key }: Pick<CommandContext, 'key'>,
): Promise<{ readonly closed: AppendResult; readonly opened: AppendResult } | Conflict> {
  const { storage } = context
  const { streamId, version } = loaded
  // The mark contains how the successor begins, so it decides which values are carried over.
  const closed = await appendClaimed(context, { streamId, version, before: loaded.state, after: preview.state }, () =>
    tryAppend(context, streamId, [mark], version, key !== undefined),
  )
  if (closed instanceof Conflict) return closed
  return { closed, opened: await openSuccessor(storage, streams, { period, listed }, closing) }
}

/** A conflict if the stream of a period that is to be opened already has events. @throws StreamDeleted */
export async function takenBy({ events }: RepositoryStorage, streamId: string): Promise<Conflict | undefined> {
  const { version } = await events.load(streamId, { limit: 1 })
  return version > 0 ? new Conflict(new WrongExpectedVersion(streamId, 'noStream', version)) : undefined
}
