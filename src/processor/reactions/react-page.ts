import { settled } from '../../core/async/settled.ts'
import type { FeedPage } from '../../core/port/change-feed.ts'
import { comparePositions } from '../../core/positions/position.ts'
import type { FoldItem } from '../../projections/fold-item.ts'
import type { Reaction } from '../../reactions/reaction.ts'
import { pageEvents } from '../pages/page-events.ts'
import { itemsToHandle, parkWithOther } from './items-to-handle.ts'
import { reactInBatches } from './react-in-batches.ts'
import { reactOneByOne } from './react-one-by-one.ts'
import type { ReactionWork } from './reaction-work.ts'

// The number of events between two places up to which everything is acknowledged: it limits what must be recorded.
const PART = 256

/** The number of events of a part, in which whole batches fit. */
export function partSize({ react: { batch } }: Reaction): number {
  const most = batch?.most ?? 1
  return Math.ceil(PART / most) * most
}

/**
 * Calls a reaction's handlers for the events of a page: one by one, with streams concurrently and the events of one
 * stream one after another; or in batches. Events that may have been in flight when the process of the previous owner
 * was killed are handled alone. When it resolves, each event was acknowledged, or its stream is parked with it.
 *
 * @returns how many events were acknowledged
 * @throws HandlerFailed or the signal's reason if the work is to end; EventSchemaTooNew, UpcastFailed; ViewContended,
 *   IncarnationMismatch and those of the view store
 */
export async function reactPage(work: ReactionWork, page: FeedPage, onSaving: () => void = () => {}): Promise<number> {
  const { context, reaction, acknowledgements } = work
  const byStream = await pageEvents(context, reaction, page.events)
  const items = [...byStream.values()].flat().toSorted((a, b) => comparePositions(a.position, b.position))
  setImmediate(onSaving)
  const size = partSize(reaction)
  let acknowledged = 0
  for (let from = 0; from < items.length; from += size) {
    const part = items.slice(from, from + size) as [FoldItem, ...FoldItem[]]
    acknowledgements.begin(part)
    acknowledged += await reactPart(work, part)
  }
  return acknowledged
}

async function reactPart(work: ReactionWork, part: readonly FoldItem[]): Promise<number> {
  const { context, reaction, acknowledgements, inFlight } = work
  const byStream = Map.groupBy(part, ({ event }) => event.streamId)
  const { viewStore } = context.storage
  const stored = await viewStore.getMany(reaction.name, reaction.version, [...byStream.keys()])
  const waiting = new Set<string>()
  const found = await Promise.allSettled(
    [...byStream].map(([stream, items]) => itemsToHandle(work, stored.get(stream), items, waiting)),
  )
  const streams = found.map(resultIn).filter((items) => items.length > 0)
  const alone = inFlight.mayInclude(streams.flat(), acknowledgements)
  const react = alone || reaction.react.batch ? reactInBatches : reactOneByOne
  const outcome = await settled(react(work, streams, { waiting, alone }))
  await acknowledgements.flush()
  const acknowledged = resultIn(outcome)
  inFlight.handled(streams.flat().length)
  // Another worker may have saved that it parks a stream before the last of these was saved.
  const others = [...byStream].filter(([stream]) => !waiting.has(stream))
  await Promise.all(others.map(([, items]) => parkWithOther(work, items)))
  return acknowledged
}

function resultIn<T>(outcome: PromiseSettledResult<T>): T {
  if (outcome.status === 'rejected') throw outcome.reason
  return outcome.value
}
