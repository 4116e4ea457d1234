import { eventReference } from '../../../core/events/event-reference.ts'
import type { FeedEvent } from '../../../core/port/change-feed.ts'
import { TOMBSTONE } from '../../../core/port/event-document.ts'
import type { StoragePort } from '../../../core/port/storage.ts'
import type { ViewDocument } from '../../../core/port/view-store.ts'
import { containsHash, intervalText } from '../../../core/positions/hash-interval.ts'
import { hasFolded } from '../../../core/positions/tidemark.ts'
import type { ViewSlices } from '../../../core/positions/view-slices.ts'
import { readLog, wholeLog } from '../../../core/reading/read-log.ts'
import { itemsByKey } from '../../../projections/events-by-key.ts'
import { foldView } from '../../../projections/fold.ts'
import type { FoldItem } from '../../../projections/fold-item.ts'
import type { Projection } from '../../../projections/projection.ts'

/** A view as it is computed from the log alone, up to the tidemarks of the stored one. */
export type Refolded = {
  readonly stored: ViewDocument
  /** The result, or undefined if no event concerns the view. */
  document: ViewDocument | undefined
  /** Whether a handler failed, so that there is no result. */
  failed: boolean
  /** Whether a stream ended whose erased events may have been folded into it. */
  mayMissErased: boolean
  /** When the first event after its tidemarks that concerns it was recorded: ISO 8601 in UTC. */
  behindSince: string | undefined
}

/** How views are computed again. */
export type RefoldContext = {
  readonly storage: Pick<StoragePort, 'feed' | 'incarnation' | 'vault'>
  readonly projection: Projection
  readonly slices: ViewSlices | undefined
  /** The events that the projection skips by command, by their references. */
  readonly skipped: ReadonlySet<string>
  readonly signal: AbortSignal
}

/**
 * Computes views again from the log, reading it once for all of them.
 *
 * @throws what the feed and the vault throw, and a failure of the projection's key function
 */
export async function refold(context: RefoldContext, views: readonly ViewDocument[]): Promise<readonly Refolded[]> {
  const { slices, projection, storage, skipped, signal } = context
  const results = new Map(
    views.map((stored): [string, Refolded] => [
      stored.key,
      { stored, document: undefined, failed: false, mayMissErased: false, behindSince: undefined },
    ]),
  )
  const ended = createEndedIntervals(views)
  async function take(events: readonly FeedEvent[]): Promise<void> {
    for (const { event, position } of events) {
      if (event.eventType === TOMBSTONE) ended.add(position.hash)
    }
    const items = events.filter(({ event }) => !skipped.has(eventReference(event.stream.id, event.stream.version)))
    const byKey = await itemsByKey(projection, items, { slices, vault: storage.vault })
    for (const [key, found] of byKey) {
      const result = results.get(key)
      if (result !== undefined && !result.failed) foldInto(result, context, found)
    }
  }
  // One range after the other, so that what several of them fold into one view comes in the same order each time.
  await readLog(storage.feed, await wholeLog(storage.feed), signal, take, 1)
  return [...results.values()].map((result) => ({ ...result, mayMissErased: ended.meets(result.stored) }))
}

function foldInto(result: Refolded, { projection, storage }: RefoldContext, items: readonly FoldItem[]): void {
  const { tidemarks, key } = result.stored
  const within = items.filter(({ position }) => hasFolded(tidemarks, position))
  const beyond = items.find(({ position }) => !hasFolded(tidemarks, position))
  if (beyond) result.behindSince ??= beyond.event.metadata.recordedAt
  if (within.length === 0) return
  const target = { incarnation: storage.incarnation, bytesPerView: Number.POSITIVE_INFINITY }
  const { document, failure } = foldView(projection, key, result.document, within, target)
  result.document = document ?? result.document
  if (failure) result.failed = true
}

/** The intervals of tidemarks in which a stream ended. There are few intervals, however many views. */
function createEndedIntervals(views: readonly ViewDocument[]) {
  const left = new Map(views.flatMap(({ tidemarks }) => tidemarks.map((mark) => [intervalText(mark), mark] as const)))
  const ended = new Set<string>()
  return {
    add(hash: string): void {
      for (const [text, interval] of left) {
        if (!containsHash(interval, hash)) continue
        left.delete(text)
        ended.add(text)
      }
    },
    meets: ({ tidemarks }: ViewDocument): boolean => tidemarks.some((mark) => ended.has(intervalText(mark))),
  }
}
