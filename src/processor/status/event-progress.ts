import type { StoragePort } from '../../core/port/storage.ts'
import { containsHash } from '../../core/positions/hash-interval.ts'
import type { Position } from '../../core/positions/position.ts'
import { decodePosition, encodePosition, type PositionToken } from '../../core/positions/position-token.ts'
import { type ParkedMark, parkedMark } from '../../projections/parking/parked-mark.ts'
import { hasPassed } from '../../views/has-passed.ts'
import { isDropped } from '../parking/skipped-events.ts'
import { openAcknowledgements } from '../reactions/acknowledgements.ts'
import { type InitialCheckpoint, readInitialCheckpoints } from '../reactions/beginning/initial-checkpoints.ts'

/**
 * How far a reaction is with one event:
 *
 * - `notStarted`: no processor ever ran it
 * - `beforeBegin`: the event was in the log before the reaction began with new events only
 * - `pending`: it has not reached the event
 * - `parked`: its handler failed at this event, which needs a person
 * - `held`: it waits behind an event of its stream that is parked
 * - `skipped`: it skips the event by command
 * - `passed`: it has handled the event, or the event did not concern it
 */
export type EventProgress =
  | { readonly state: 'passed' }
  | { readonly state: 'notStarted' | 'beforeBegin' | 'pending' | 'skipped' }
  | ({ readonly state: 'parked' } & Pick<ParkedMark, 'since' | 'attempts' | 'error'>)
  | { readonly state: 'held'; readonly behind: { readonly streamId: string; readonly version: number } }

/** An event whose place in the feed is known; `pending` if no reader has sequenced it yet, `erased` once it is gone. */
export type PlacedEvent = {
  readonly streamId: string
  readonly version: number
  readonly at: Position | 'pending' | 'erased'
}

type Storage = Pick<StoragePort, 'viewStore' | 'leases' | 'feed' | 'incarnation'>

type Reaction = { readonly name: string; readonly version: number }

/**
 * Finds the place of an event in the feed.
 *
 * @param append the position of the append that wrote it
 * @throws what the storage throws
 */
export async function placeEvent(
  { events, incarnation }: Pick<StoragePort, 'events' | 'incarnation'>,
  { streamId, version }: Pick<PlacedEvent, 'streamId' | 'version'>,
  append: PositionToken,
): Promise<PlacedEvent> {
  const { marks } = decodePosition(append)
  // What else it says of its own end is a hint, which holds near enough for an event before it.
  const token = encodePosition({ incarnation, marks: marks.map((mark) => ({ ...mark, version })) })
  const [located] = await events.locate(token)
  return { streamId, version, at: located?.at ?? 'pending' }
}

/**
 * How far a reaction is with an event. It costs the same however long the log is.
 *
 * @throws IncarnationMismatch if the reaction's progress belongs to another log; what the storage throws
 */
export async function eventProgress(
  storage: Storage,
  reaction: Reaction,
  { streamId, version, at }: PlacedEvent,
): Promise<EventProgress> {
  const { viewStore, leases, incarnation } = storage
  const which = { projection: reaction.name, version: reaction.version }
  const begun = await readInitialCheckpoints(storage, reaction)
  if (begun === undefined) return { state: 'notStarted' }
  if (at === 'erased') return { state: 'passed' }
  if (at !== 'pending' && isBefore(begun, at)) return { state: 'beforeBegin' }
  // What is parked is read afterwards: only then is it certain to be there if the event was passed.
  const isPassed = at !== 'pending' && (await hasHandled(at))
  const mark = parkedMark((await viewStore.get({ ...which, key: streamId }))?.document)
  if (mark?.event.version === version) {
    const { since, attempts, error } = mark
    return { state: 'parked', since, attempts, error }
  }
  if (mark !== undefined && mark.event.version < version) {
    return { state: 'held', behind: { streamId: mark.event.streamId, version: mark.event.version } }
  }
  if (!isPassed) return { state: 'pending' }
  return { state: (await isDropped(storage, which, { streamId, version })) ? 'skipped' : 'passed' }

  async function hasHandled(position: Position): Promise<boolean> {
    const around = (await leases.list(which)).filter(({ document }) => containsHash(document.range, position.hash))
    if (hasPassed(around, position, incarnation)) return true
    const [range, ...wider] = around.map(({ document }) => document.range)
    if (range === undefined) return false
    const acknowledgements = await openAcknowledgements(storage, reaction, range, wider)
    return acknowledgements.has({ event: { streamId, version }, position })
  }
}

function isBefore(begun: readonly InitialCheckpoint[], { hash, lsn }: Position): boolean {
  const around = begun.filter(({ range }) => containsHash(range, hash))
  return around.length > 0 && around.every(({ readTo }) => readTo >= lsn)
}
