import { StorageCorrupt } from '../../core/errors/storage.ts'
import type { EventDefinitions } from '../../core/events/types.ts'
import type { AppendResult } from '../../core/port/event-log.ts'
import type { Context, RepositoryStorage } from '../context.ts'
import { type Loaded, loadStream } from '../load.ts'
import { listingOf, type PeriodClosing, type PeriodStreams, parseClosing, parseOpened } from './documents.ts'

/** The period of an aggregate whose books are open. */
export type OpenPeriod<S> = {
  readonly period: string
  readonly predecessor: string | undefined
  readonly loaded: Loaded<S>
  /** The version of the stream that lists the periods: how many there are. */
  readonly listed: number
}

/**
 * Finds the open period with the last entry of the list, loads it, and completes what a crash left undone: a period
 * that was decided on is opened, one that was opened is listed.
 *
 * @returns undefined when there is no such aggregate, after one read
 */
export async function findOpenPeriod<S, D extends EventDefinitions>(
  context: Context<S, D>,
  streams: PeriodStreams,
): Promise<OpenPeriod<S> | undefined> {
  const { storage } = context
  for (;;) {
    const list = await storage.events.load(streams.root, { direction: 'backwards', limit: 1 })
    const entry = list.events[0]
    if (entry === undefined) return undefined
    const { period, predecessor, opening } = parseOpened(entry)
    const streamId = streams.of(period)
    const loaded = await loadStream(context, streamId)
    if (loaded.version === 0) {
      if (opening === undefined) throw new StorageCorrupt(`Period ${streamId} is listed, but has no events`)
      await storage.events.append(streamId, opening, { expectedVersion: 'noStream' })
      continue
    }
    const closing = parseClosing(loaded.last)
    if (closing === undefined) return { period, predecessor, loaded, listed: entry.stream.version }
    await openSuccessor(storage, streams, { period, listed: entry.stream.version }, closing)
  }
}

/**
 * Opens the successor of a closed period exactly as its closing says, and lists it. Anybody may do so, any number of
 * times: the events' ids are fixed.
 *
 * @returns the append that opened it
 */
export async function openSuccessor(
  { events }: RepositoryStorage,
  streams: PeriodStreams,
  { period, listed }: { readonly period: string; readonly listed: number },
  { successor, opening }: PeriodClosing,
): Promise<AppendResult> {
  const opened = await events.append(streams.of(successor), [opening], { expectedVersion: 'noStream' })
  await events.append(streams.root, [listingOf(streams.root, successor, period)], { expectedVersion: listed })
  return opened
}
