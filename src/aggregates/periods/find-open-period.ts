import { appendEvents } from '../../core/append/append-events.ts'
import { StorageCorrupt } from '../../core/errors/storage.ts'
import type { EventTypes } from '../../core/events/types.ts'
import { CLAIM_LAPSED, type NewEventDocument } from '../../core/port/event-document.ts'
import type { AppendResult } from '../../core/port/event-log.ts'
import type { Context, RepositoryStorage } from '../state/context.ts'
import { type Loaded, loadStream } from '../state/load.ts'
import {
  listingOf,
  type PeriodClosing,
  type PeriodOpened,
  type PeriodStreams,
  parseClosing,
  parseOpened,
} from './period-events.ts'

/** The period of an aggregate whose books are open. */
export type OpenPeriod<S> = {
  readonly period: string
  readonly predecessor: string | undefined
  readonly loaded: Loaded<S>
  /** The version of the stream that lists the periods: at least their number. */
  readonly listed: number
}

/** An aggregate that does not exist, and the version of the stream that would list its periods. */
export type Unopened = { readonly period?: undefined; readonly listed: number }

/**
 * Finds the open period from the last entry of the list, loads it, and completes what a crash left unfinished: a period
 * that was decided on is opened, one that was opened is listed.
 *
 * @returns without a period if the aggregate does not exist, after one read
 */
export async function findOpenPeriod<S, E extends EventTypes>(
  context: Context<S, E>,
  streams: PeriodStreams,
): Promise<OpenPeriod<S> | Unopened> {
  const { storage } = context
  for (;;) {
    const list = await storage.events.load(streams.root, { direction: 'backwards', limit: 1 })
    const entry = list.events[0]
    // Before its first entry, the stream may contain notes that claims were ended.
    if (entry === undefined || entry.eventType === CLAIM_LAPSED) return { listed: list.version }
    const { period, predecessor } = parseOpened(entry)
    const streamId = streams.of(period)
    const loaded = await loadStream(context, streamId)
    if (loaded.version === 0) {
      const opening = await announced(context, streams, parseOpened(entry))
      await appendEvents(storage, streamId, opening, { expectedVersion: 'noStream' })
      continue
    }
    const closing = parseClosing(loaded.last)
    if (closing === undefined) return { period, predecessor, loaded, listed: entry.stream.version }
    await openSuccessor(storage, streams, { period, listed: entry.stream.version }, closing)
  }
}

/**
 * How a listed period begins. The first one may be missing after a crash. A later one is listed after it was opened,
 * but the responding replica may lag; the events appended here are then known to be stored already.
 */
async function announced<S, E extends EventTypes>(
  { storage }: Context<S, E>,
  streams: PeriodStreams,
  { period, predecessor, opening }: PeriodOpened,
): Promise<readonly NewEventDocument[]> {
  if (opening !== undefined) return opening
  const before = predecessor === undefined ? undefined : streams.of(predecessor)
  const { events } = before ? await storage.events.load(before, { direction: 'backwards', limit: 1 }) : { events: [] }
  const closing = parseClosing(events[0])
  if (closing?.successor !== period) {
    throw new StorageCorrupt(`${streams.of(period)} is listed, but its opening event is missing`)
  }
  return [closing.opening]
}

/**
 * Opens the successor of a closed period exactly as its closing mark says, and lists it. Any process may do so, any
 * number of times, because the events' ids are fixed.
 *
 * @returns the append that opened it
 */
export async function openSuccessor(
  storage: RepositoryStorage,
  streams: PeriodStreams,
  { period, listed }: { readonly period: string; readonly listed: number },
  { successor, opening }: PeriodClosing,
): Promise<AppendResult> {
  const opened = await appendEvents(storage, streams.of(successor), [opening], { expectedVersion: 'noStream' })
  const listing = listingOf(streams.root, successor, period)
  await appendEvents(storage, streams.root, [listing], { expectedVersion: listed })
  return opened
}
