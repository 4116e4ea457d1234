import { HandlerFailed } from '../../core/errors/view.ts'
import { assertIncarnation } from '../../core/log-identity.ts'
import type { FeedPage, FeedRange } from '../../core/port/change-feed.ts'
import type { Stored } from '../../core/port/save.ts'
import type { ViewDocument } from '../../core/port/view-store.ts'
import { comparePositions } from '../../core/position.ts'
import { tidemarkAt } from '../../core/tidemark.ts'
import { type FoldItem, takeFresh } from '../../projections/fold.ts'
import { parkedMark } from '../../projections/parking/mark.ts'
import type { Reaction } from '../../reactions/reaction.ts'
import { pauseAfter } from '../backoff.ts'
import { attributesOf, type PageContext } from '../pages/page-context.ts'
import { pageEvents } from '../pages/page-events.ts'
import type { Acknowledgements } from './acknowledgements.ts'
import { callHandler } from './call-handler.ts'
import { parkStream, queueParked } from './park-stream.ts'

// Events between two places up to which everything is acknowledged: a bound on what must be written down.
const PART = 256
const PAUSES = { first: 200, most: 30_000 }

/** A reaction at work on a range. */
type Work = {
  readonly context: PageContext
  readonly reaction: Reaction
  readonly range: FeedRange
  readonly acknowledgements: Acknowledgements
}

/**
 * Calls a reaction's handlers for the events of a page: streams at once, the events of one stream one after another.
 * When it resolves, each was acknowledged, or its stream is parked with it.
 *
 * @returns how many events were acknowledged
 * @throws HandlerFailed or the signal's reason when the work shall end; EventSchemaTooNew, UpcastFailed; ViewContended,
 *   IncarnationMismatch and those of the view store
 */
export async function reactPage(work: Work, page: FeedPage, onSaving: () => void = () => {}): Promise<number> {
  const { context, reaction, acknowledgements } = work
  const byStream = await pageEvents(context, reaction, page.events)
  const items = [...byStream.values()].flat().toSorted((a, b) => comparePositions(a.position, b.position))
  setImmediate(onSaving)
  let acknowledged = 0
  for (let from = 0; from < items.length; from += PART) {
    const part = items.slice(from, from + PART)
    acknowledgements.begin(part, items[from - 1]?.position)
    acknowledged += await reactPart(work, part)
  }
  return acknowledged
}

async function reactPart(work: Work, part: readonly FoldItem[]): Promise<number> {
  const { context, reaction, acknowledgements } = work
  const byStream = Map.groupBy(part, ({ event }) => event.streamId)
  const { viewStore } = context.storage
  const stored = await viewStore.getMany(reaction.name, reaction.version, [...byStream.keys()])
  const streams = [...byStream].map(([stream, items]) => reactToStream(work, stored.get(stream), items))
  const outcomes = await Promise.allSettled(streams)
  await acknowledgements.flush()
  let acknowledged = 0
  for (const outcome of outcomes) {
    if (outcome.status === 'rejected') throw outcome.reason
    acknowledged += outcome.value
  }
  return acknowledged
}

/** Calls the handlers for the events of one stream, one after another; waits behind its parked events, if it has any. */
async function reactToStream(
  work: Work,
  stored: Stored<ViewDocument> | undefined,
  items: readonly FoldItem[],
): Promise<number> {
  const { context, reaction, acknowledgements } = work
  const still = parkedMark(stored?.document) ? await queueParked(context, reaction, stored, items) : stored
  if (still === 'parked') return 0
  if (still) assertIncarnation(still.document, context.storage.incarnation)
  const { tidemarks = [] } = still?.document ?? {}
  const { fresh } = takeFresh(tidemarks, items)
  let acknowledged = 0
  for (const [index, item] of fresh.entries()) {
    const { streamId, version } = item.event
    // Another worker was about to park the stream there, and that holds, unless it was parked and replayed since.
    const parkedAt = acknowledgements.parkedAt(streamId) ?? Number.POSITIVE_INFINITY
    const isParked = parkedAt <= version && parkedAt > (tidemarkAt(tidemarks, item.position.hash)?.version ?? 0)
    if (!isParked && acknowledgements.has(item)) continue
    const failure = isParked ? parkedBefore(reaction, item) : await callUntilDone(work, item)
    if (failure) {
      context.signal?.throwIfAborted()
      if (!isParked && !(await acknowledgements.park(item))) continue
      await parkStream(context, reaction, fresh.slice(index), failure)
      return acknowledged
    }
    acknowledgements.add(item)
    context.telemetry.count('tidemark.events.projected', 1, attributesOf(reaction))
    acknowledged++
  }
  return acknowledged
}

const parkedBefore = ({ name }: Reaction, { event }: FoldItem): HandlerFailed =>
  new HandlerFailed(name, event.streamId, event, { cause: new Error('all attempts of another worker failed') })

/** @returns the last failure, when all attempts failed */
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
      // What ended because the work ends is tried again by whoever goes on.
      if (signal?.aborted || !(error instanceof HandlerFailed)) throw error
      onError?.(error, { projection: reaction.name, range })
      if (attempt >= attempts) return error
      telemetry.count('tidemark.handler.retries', 1, attributesOf(reaction))
      await clock.sleep(pauseAfter(attempt, PAUSES, random), signal)
      signal?.throwIfAborted()
    }
  }
}
