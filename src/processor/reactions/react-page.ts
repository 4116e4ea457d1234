import { backoffDelay } from '../../core/async/backoff.ts'
import { HandlerFailed } from '../../core/errors/view.ts'
import type { FeedPage, FeedRange } from '../../core/port/change-feed.ts'
import type { Stored } from '../../core/port/save.ts'
import type { ViewDocument } from '../../core/port/view-store.ts'
import { assertIncarnation } from '../../core/positions/log-identity.ts'
import { comparePositions } from '../../core/positions/position.ts'
import { tidemarkAt } from '../../core/positions/tidemark.ts'
import { takeFresh } from '../../projections/fold.ts'
import type { FoldItem } from '../../projections/fold-item.ts'
import { parkedMark } from '../../projections/parking/parked-mark.ts'
import type { Reaction } from '../../reactions/reaction.ts'
import { attributesOf, type PageContext } from '../pages/page-context.ts'
import { pageEvents } from '../pages/page-events.ts'
import type { Acknowledgements } from './acknowledgements.ts'
import { callHandler } from './call-handler.ts'
import { parkStream, queueParked } from './park-stream.ts'

// The number of events between two places up to which everything is acknowledged: it limits what must be recorded.
const PART = 256
const PAUSES = { first: 200, most: 30_000 }

/** A reaction running on a range. */
type Work = {
  readonly context: PageContext
  readonly reaction: Reaction
  readonly range: FeedRange
  readonly acknowledgements: Acknowledgements
}

/**
 * Calls a reaction's handlers for the events of a page: streams concurrently, the events of one stream one after
 * another. When it resolves, each event was acknowledged, or its stream is parked with it.
 *
 * @returns how many events were acknowledged
 * @throws HandlerFailed or the signal's reason if the work is to end; EventSchemaTooNew, UpcastFailed; ViewContended,
 *   IncarnationMismatch and those of the view store
 */
export async function reactPage(work: Work, page: FeedPage, onSaving: () => void = () => {}): Promise<number> {
  const { context, reaction, acknowledgements } = work
  const byStream = await pageEvents(context, reaction, page.events)
  const items = [...byStream.values()].flat().toSorted((a, b) => comparePositions(a.position, b.position))
  setImmediate(onSaving)
  let acknowledged = 0
  for (let from = 0; from < items.length; from += PART) {
    const part = items.slice(from, from + PART) as [FoldItem, ...FoldItem[]]
    acknowledgements.begin(part)
    acknowledged += await reactPart(work, part)
  }
  return acknowledged
}

async function reactPart(work: Work, part: readonly FoldItem[]): Promise<number> {
  const { context, reaction, acknowledgements } = work
  const byStream = Map.groupBy(part, ({ event }) => event.streamId)
  const { viewStore } = context.storage
  const stored = await viewStore.getMany(reaction.name, reaction.version, [...byStream.keys()])
  const waiting = new Set<string>()
  const streams = [...byStream].map(([stream, items]) => reactToStream(work, stored.get(stream), items, waiting))
  const outcomes = await Promise.allSettled(streams)
  await acknowledgements.flush()
  let acknowledged = 0
  for (const outcome of outcomes) {
    if (outcome.status === 'rejected') throw outcome.reason
    acknowledged += outcome.value
  }
  // Another worker may have saved that it parks a stream before the last of these was saved.
  const others = [...byStream].filter(([stream]) => !waiting.has(stream))
  await Promise.all(others.map(([, items]) => parkWithOther(work, items)))
  return acknowledged
}

/**
 * Calls the handlers for the events of one stream, one after another; queues events behind its parked ones, if it has
 * any.
 *
 * @param waiting the stream is added if its events are now queued in the view store
 */
async function reactToStream(
  work: Work,
  stored: Stored<ViewDocument> | undefined,
  items: readonly FoldItem[],
  waiting: Set<string>,
): Promise<number> {
  const { context, reaction, acknowledgements } = work
  const still = parkedMark(stored?.document) ? await queueParked(context, reaction, stored, items) : stored
  if (still === 'parked') {
    waiting.add((items[0] as FoldItem).event.streamId)
    return 0
  }
  if (still) assertIncarnation(still.document, context.storage.incarnation)
  const { tidemarks = [] } = still?.document ?? {}
  const { fresh } = takeFresh(tidemarks, items)
  const [first] = fresh
  if (first === undefined) return 0
  const replayedTo = tidemarkAt(tidemarks, first.position.hash)?.version ?? 0
  if ((acknowledgements.parkedAt(first.event.streamId) ?? Number.POSITIVE_INFINITY) <= replayedTo) {
    acknowledgements.replayed(first.event.streamId)
  }
  let acknowledged = 0
  for (const [index, item] of fresh.entries()) {
    // Another worker is about to park the stream there.
    if ((acknowledgements.parkedAt(item.event.streamId) ?? Number.POSITIVE_INFINITY) <= item.event.version) break
    if (acknowledgements.has(item)) continue
    const failure = await callUntilDone(work, item)
    if (failure) {
      context.signal?.throwIfAborted()
      if (!(await acknowledgements.park(item))) continue
      await parkStream(context, reaction, fresh.slice(index), failure)
      waiting.add(item.event.streamId)
      break
    }
    acknowledgements.add(item)
    context.telemetry.count('tidemark.events.projected', 1, attributesOf(reaction))
    acknowledged++
  }
  return acknowledged
}

/** Parks a stream where another worker saved that it is about to, in case that one does not get to it. */
async function parkWithOther({ context, reaction, acknowledgements }: Work, items: readonly FoldItem[]): Promise<void> {
  const [first] = items as [FoldItem]
  const parkedAt = acknowledgements.parkedAt(first.event.streamId) ?? Number.POSITIVE_INFINITY
  const from = items.findIndex(({ event }) => event.version >= parkedAt)
  if (from < 0) return
  const left = items.slice(from) as [FoldItem, ...FoldItem[]]
  const cause = new Error('all attempts of another worker failed')
  const failure = new HandlerFailed(reaction.name, first.event.streamId, left[0].event, { cause })
  await parkStream(context, reaction, left, failure)
}

/** @returns the last failure, if all attempts failed */
async function callUntilDone(
  { context, reaction, range }: Work,
  { event, position }: FoldItem,
): Promise<HandlerFailed | undefined> {
  const { storage, clock, random, signal, telemetry, onError } = context
  const { attempts } = reaction.react
  const { handlers } = context.sharedBy(reaction)
  const { lsn, hash } = position
  for (let attempt = 1; ; attempt++) {
    try {
      await handlers(() => {
        signal?.throwIfAborted()
        const caller = { incarnation: storage.incarnation, clock, ...(signal && { signal }) }
        return callHandler(caller, reaction, { event, lsn, hash, attempt })
      })
      return undefined
    } catch (error) {
      // Work that was stopped is retried by the next worker.
      if (signal?.aborted || !(error instanceof HandlerFailed)) throw error
      onError?.(error, { projection: reaction.name, range, attempt, parks: attempt >= attempts })
      if (attempt >= attempts) return error
      telemetry.count('tidemark.handler.retries', 1, attributesOf(reaction))
      await clock.sleep(backoffDelay(attempt, PAUSES, random), signal)
      signal?.throwIfAborted()
    }
  }
}
