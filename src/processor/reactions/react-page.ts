import pLimit, { type LimitFunction } from 'p-limit'
import { HandlerFailed } from '../../core/errors/view.ts'
import { assertIncarnation } from '../../core/log-identity.ts'
import type { FeedPage, FeedRange } from '../../core/port/change-feed.ts'
import type { Stored } from '../../core/port/save.ts'
import type { ViewDocument } from '../../core/port/view-store.ts'
import { comparePositions } from '../../core/position.ts'
import { type FoldItem, takeFresh } from '../../projections/fold.ts'
import { parkedMark } from '../../projections/parking/mark.ts'
import type { Reaction } from '../../reactions/reaction.ts'
import { pauseAfter } from '../backoff.ts'
import { attributesOf, type PageContext } from '../page-context.ts'
import { readItems } from '../parking/dropped-events.ts'
import { callHandler } from './call-handler.ts'
import { parkStream, queueParked } from './park-stream.ts'
import { openProgress, type ReactionProgress } from './progress.ts'

// Events between two places up to which everything is acknowledged: a bound on what progress must be written down.
const PART = 256
const PAUSES = { first: 200, most: 30_000 }

// Handlers of one reaction are bounded together, whatever ranges they run for.
const limits = new WeakMap<Reaction, LimitFunction>()

/**
 * Calls a reaction's handlers for the events of a page: streams at once, the events of one stream one after another.
 * When it resolves, each was acknowledged, or its stream is parked with it.
 *
 * @returns how many events were acknowledged
 * @throws HandlerFailed or the signal's reason when the work shall end; EventSchemaTooNew, UpcastFailed; ViewContended,
 *   IncarnationMismatch and those of the view store
 */
export async function reactPage(
  context: PageContext,
  reaction: Reaction,
  range: FeedRange,
  page: FeedPage,
  onSaving: () => void = () => {},
): Promise<number> {
  const byStream = await readItems(context.storage, reaction, page.events)
  const items = [...byStream.values()].flat().toSorted((a, b) => comparePositions(a.position, b.position))
  setImmediate(onSaving)
  let acknowledged = 0
  for (let from = 0; from < items.length; from += PART) {
    const part = items.slice(from, from + PART)
    const progress = await openProgress(context.storage, reaction, range, part, items[from - 1]?.position)
    acknowledged += await reactPart(context, reaction, range, part, progress)
  }
  return acknowledged
}

async function reactPart(
  context: PageContext,
  reaction: Reaction,
  range: FeedRange,
  part: readonly FoldItem[],
  progress: ReactionProgress,
): Promise<number> {
  const { storage } = context
  const byStream = Map.groupBy(part, ({ event }) => event.streamId)
  const parked = await storage.viewStore.getMany(reaction.name, reaction.version, [...byStream.keys()])
  const streams = [...byStream].map(([stream, items]) =>
    reactToStream(context, reaction, range, parked.get(stream), items, progress),
  )
  const outcomes = await Promise.allSettled(streams)
  await progress.flush()
  let acknowledged = 0
  for (const outcome of outcomes) {
    if (outcome.status === 'rejected') throw outcome.reason
    acknowledged += outcome.value
  }
  return acknowledged
}

/** Calls the handlers for the events of one stream, one after another; waits behind its parked events, if it has any. */
async function reactToStream(
  context: PageContext,
  reaction: Reaction,
  range: FeedRange,
  stored: Stored<ViewDocument> | undefined,
  items: readonly FoldItem[],
  progress: ReactionProgress,
): Promise<number> {
  const still = parkedMark(stored?.document) ? await queueParked(context, reaction, stored, items) : stored
  if (still === 'parked') return 0
  if (still) assertIncarnation(still.document, context.storage.incarnation)
  const { fresh } = takeFresh(still?.document.tidemarks ?? [], items)
  let acknowledged = 0
  for (const [index, item] of fresh.entries()) {
    if (progress.has(item)) continue
    const failure = await callUntilDone(context, reaction, range, item)
    if (failure) {
      await parkStream(context, reaction, fresh.slice(index), failure)
      return acknowledged
    }
    progress.add(item)
    context.telemetry.count('tidemark.events.projected', 1, attributesOf(reaction))
    acknowledged++
  }
  return acknowledged
}

/** @returns the last failure, when all attempts failed */
async function callUntilDone(
  context: PageContext,
  reaction: Reaction,
  range: FeedRange,
  { event, position }: FoldItem,
): Promise<HandlerFailed | undefined> {
  const { storage, clock, random, signal, telemetry, onError } = context
  const { attempts, concurrency } = reaction.react
  const running = limits.get(reaction) ?? pLimit(concurrency)
  limits.set(reaction, running)
  const { lsn, hash } = position
  for (let attempt = 1; ; attempt++) {
    try {
      await running(() => {
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
