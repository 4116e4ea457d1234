import type { Breathe } from '../core/async/breathe.ts'
import { InvalidViewKey } from '../core/errors/input.ts'
import { HandlerFailed } from '../core/errors/view.ts'
import { decodeEvents } from '../core/events/codec.ts'
import type { AnyEventTypes, RecordedEvent } from '../core/events/types.ts'
import { deepFreeze } from '../core/json/deep-freeze.ts'
import type { FeedEvent } from '../core/port/change-feed.ts'
import { TOMBSTONE } from '../core/port/event-document.ts'
import { partKey, type ViewSlices } from '../core/positions/view-slices.ts'
import type { FoldItem } from './fold.ts'
import type { DeletedStream, FoldedEvent, Projection } from './projection.ts'

/**
 * Decodes the events of a page that a projection has handlers for, and groups them by the views that they concern.
 * Events are frozen, because one event may affect several views, and a fold may be repeated.
 *
 * @param options `slices` of the projection's version, if its views are stored in parts
 * @returns the events of each view, or of each part of one, by its key, in the order of the feed
 * @throws EventSchemaTooNew, UpcastFailed, InvalidViewKey; HandlerFailed if the key function threw
 */
export async function itemsByKey(
  projection: Projection,
  page: readonly FeedEvent[],
  { slices, breathe = () => undefined }: { readonly slices?: ViewSlices | undefined; readonly breathe?: Breathe } = {},
): Promise<Map<string, readonly FoldItem[]>> {
  const byKey = new Map<string, FoldItem[]>()
  for (let from = 0; from < page.length; from += SLICE) {
    const slice = page.slice(from, from + SLICE)
    for (const item of await decodeItems(projection, slice)) {
      for (const viewKey of keysOf(projection, item.event)) {
        const key = slices ? partKey(viewKey, slices, item.position.hash) : viewKey
        const items = byKey.get(key)
        if (items) items.push(item)
        else byKey.set(key, [item])
      }
      const turn = breathe()
      if (turn) await turn
    }
  }
  return byKey
}

// How many events are decoded before yielding to the event loop.
const SLICE = 250

async function decodeItems(projection: Projection, page: readonly FeedEvent[]): Promise<FoldItem[]> {
  const { definitions } = projection.events
  const typed = page.filter(({ event }) => Object.hasOwn(definitions, event.eventType))
  const decoded = await decodeEvents(
    projection.events,
    typed.map(({ event }) => event),
  )
  const items: FoldItem[] = []
  let next = 0
  for (const feedEvent of page) {
    const event = feedEvent === typed[next] ? (decoded[next++] as RecordedEvent<AnyEventTypes>) : deletion(feedEvent)
    if (event === undefined || (event.type === TOMBSTONE && !projection.foldsDeletion)) continue
    items.push({ event: frozen(event), position: feedEvent.position, range: feedEvent.range })
  }
  return items
}

// Data and metadata may be shared with other projections, and are then already frozen at every level.
function frozen(event: FoldedEvent): FoldedEvent {
  if (!Object.isFrozen(event.metadata)) deepFreeze(event.metadata)
  if ('data' in event && !Object.isFrozen(event.data)) deepFreeze(event.data)
  return Object.freeze(event)
}

function deletion({ event }: FeedEvent): DeletedStream | undefined {
  if (event.eventType !== TOMBSTONE) return undefined
  return { type: TOMBSTONE, streamId: event.stream.id, version: event.stream.version, metadata: event.metadata }
}

function keysOf(projection: Projection, event: FoldedEvent): readonly string[] {
  try {
    return projection.keysOf(event)
  } catch (cause) {
    if (cause instanceof InvalidViewKey) throw cause
    throw new HandlerFailed(projection.name, null, event, { cause })
  }
}
