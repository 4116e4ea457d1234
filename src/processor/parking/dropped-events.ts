import { TidemarkError } from '../../core/errors/base.ts'
import type { FeedEvent } from '../../core/port/change-feed.ts'
import type { StoragePort } from '../../core/port/storage.ts'
import { type ViewDocument, type ViewRef, type ViewStore, viewId } from '../../core/port/view-store.ts'
import { assertStreamId } from '../../core/stream-id.ts'
import { uuidOf } from '../../core/uuid.ts'
import type { FoldItem } from '../../projections/fold.ts'
import { itemsByKey } from '../../projections/items.ts'
import { droppedOf } from '../../projections/parking/reserved.ts'
import type { Projection } from '../../projections/projection.ts'

/** An event that a projection skips by command. */
export type DroppedEvent = {
  readonly streamId: string
  readonly version: number
  /** When that was decided: ISO 8601 in UTC. */
  readonly at: string
}

type ProjectionVersion = Pick<ViewRef, 'projection' | 'version'>

const idOf = (streamId: string, version: number): string => `${streamId}:${version}`

/** Records that a projection version shall skip an event, whatever view it concerns. Repeating it changes nothing. */
export async function recordDropped(
  { viewStore, incarnation }: Pick<StoragePort, 'viewStore' | 'incarnation'>,
  { projection, version }: ProjectionVersion,
  event: DroppedEvent,
): Promise<void> {
  assertStreamId(event.streamId)
  const key = uuidOf(event.streamId, String(event.version))
  const ref = { projection: droppedOf(projection), version, key }
  const document: ViewDocument = { ...ref, id: viewId(ref), data: { ...event }, incarnation, tidemarks: [] }
  await viewStore.save(document, 'ifAbsent')
}

/** The events that a projection version skips. */
export async function listDropped(
  viewStore: ViewStore,
  { projection, version }: ProjectionVersion,
): Promise<DroppedEvent[]> {
  const dropped: DroppedEvent[] = []
  for (let after: string | undefined; ; ) {
    const page = await viewStore.query({
      projection: droppedOf(projection),
      version,
      limit: 1000,
      ...(after && { after }),
    })
    dropped.push(...page.views.map(({ document }) => document.data as unknown as DroppedEvent))
    after = page.next
    if (after === undefined) return dropped
  }
}

// For each view store, what was dropped of each projection version when that was read last. An event is dropped because
// it fails, and then it is read again; where nothing fails, what was read first serves.
const known = new WeakMap<ViewStore, Map<string, Promise<ReadonlySet<string>>>>()

function droppedIds(viewStore: ViewStore, { name, version }: Projection, again: boolean): Promise<ReadonlySet<string>> {
  const ofStore = known.get(viewStore) ?? new Map<string, Promise<ReadonlySet<string>>>()
  known.set(viewStore, ofStore)
  const id = `${name}:${version}`
  const cached = ofStore.get(id)
  if (cached && !again) return cached
  const read = listDropped(viewStore, { projection: name, version }).then(
    (events) => new Set(events.map((event) => idOf(event.streamId, event.version))),
  )
  ofStore.set(id, read)
  read.catch(() => ofStore.delete(id))
  return read
}

/**
 * The events of a page for each view, without those that the projection skips by command.
 *
 * @throws as `itemsByKey` does
 */
export async function readItems(
  { viewStore }: Pick<StoragePort, 'viewStore'>,
  projection: Projection,
  page: readonly FeedEvent[],
): Promise<Map<string, readonly FoldItem[]>> {
  const without = async (again: boolean) => {
    const ids = await droppedIds(viewStore, projection, again)
    return ids.size === 0 ? page : page.filter(({ event }) => !ids.has(idOf(event.stream.id, event.stream.version)))
  }
  try {
    return await itemsByKey(projection, await without(false))
  } catch (error) {
    if (!(error instanceof TidemarkError)) throw error
    return itemsByKey(projection, await without(true))
  }
}
