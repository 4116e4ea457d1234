import { TidemarkError } from '../../core/errors/base.ts'
import type { FeedEvent } from '../../core/port/change-feed.ts'
import { itemsByKey } from '../../projections/events-by-key.ts'
import type { FoldItem } from '../../projections/fold-item.ts'
import type { Projection } from '../../projections/projection.ts'
import type { PageContext } from './page-context.ts'

/**
 * The events of a page for each view, without those that the projection skips by command.
 *
 * @throws as `itemsByKey` does
 */
export async function pageEvents(
  { storage, sharedBy, slicesOf, breathe }: PageContext,
  projection: Projection,
  page: readonly FeedEvent[],
): Promise<Map<string, readonly FoldItem[]>> {
  const { skipped } = sharedBy(projection)
  const how = { slices: slicesOf(projection), vault: storage.vault, breathe }
  const without = async (again: boolean) => {
    const isSkipped = await skipped.known(again)
    return page.filter(({ event }) => !isSkipped(event.stream.id, event.stream.version))
  }
  try {
    return await itemsByKey(projection, await without(false), how)
  } catch (error) {
    if (!(error instanceof TidemarkError)) throw error
    // An event is on the skip list because it fails.
    return itemsByKey(projection, await without(true), how)
  }
}
