import { ProcessEnded } from '../../core/errors/reaction.ts'
import { HandlerFailed } from '../../core/errors/view.ts'
import type { Stored } from '../../core/port/save.ts'
import type { ViewDocument } from '../../core/port/view-store.ts'
import { assertIncarnation } from '../../core/positions/log-identity.ts'
import { tidemarkAt } from '../../core/positions/tidemark.ts'
import { takeFresh } from '../../projections/fold.ts'
import type { FoldItem } from '../../projections/fold-item.ts'
import { parkedMark } from '../../projections/parking/parked-mark.ts'
import { parkStream, queueParked } from './park-stream.ts'
import { isParkedAt, type ReactionWork } from './reaction-work.ts'

/**
 * Determines for which events of one stream handlers are to be called; queues them behind parked ones, if there are any.
 *
 * @param stored what is stored of the stream
 * @param waiting the stream is added if its events are now queued in the view store
 */
export async function itemsToHandle(
  { context, reaction, acknowledgements }: ReactionWork,
  stored: Stored<ViewDocument> | undefined,
  items: readonly FoldItem[],
  waiting: Set<string>,
): Promise<readonly FoldItem[]> {
  const still = parkedMark(stored?.document) ? await queueParked(context, reaction, stored, items) : stored
  if (still === 'parked') {
    waiting.add((items[0] as FoldItem).event.streamId)
    return []
  }
  if (still) assertIncarnation(still.document, context.storage.incarnation)
  const { tidemarks = [] } = still?.document ?? {}
  const { fresh } = takeFresh(tidemarks, items)
  const [first] = fresh
  if (first === undefined) return []
  const replayedTo = tidemarkAt(tidemarks, first.position.hash)?.version ?? 0
  if ((acknowledgements.parkedAt(first.event.streamId) ?? Number.POSITIVE_INFINITY) <= replayedTo) {
    acknowledgements.replayed(first.event.streamId)
  }
  return fresh
}

/** Parks a stream where another worker saved that it is about to, in case that one does not get to it. */
export async function parkWithOther(work: ReactionWork, items: readonly FoldItem[]): Promise<void> {
  const { context, reaction, acknowledgements } = work
  const from = items.findIndex((item) => isParkedAt(work, item))
  if (from < 0) return
  const left = items.slice(from) as [FoldItem, ...FoldItem[]]
  const [{ event }] = left
  const cause = new Error('all attempts of another worker failed')
  const failure = acknowledgements.hasEnded(event.streamId)
    ? new ProcessEnded(reaction.name, event, reaction.react.attempts)
    : new HandlerFailed(reaction.name, event.streamId, event, { cause })
  await parkStream(context, reaction, left, failure)
}
