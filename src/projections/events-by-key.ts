import type { Breathe } from '../core/async/breathe.ts'
import { InvalidViewKey } from '../core/errors/input.ts'
import { eventReference } from '../core/events/event-reference.ts'
import type { Opening } from '../core/events/sealing/open-documents.ts'
import { isSealed } from '../core/events/sealing/sealed-data.ts'
import type { FeedEvent } from '../core/port/change-feed.ts'
import { FORGOTTEN } from '../core/port/event-document.ts'
import { partKey, partKeys, type ViewSlices } from '../core/positions/view-slices.ts'
import { decodeFor } from './decode-events.ts'
import { failureOf } from './failure.ts'
import type { FoldItem } from './fold-item.ts'
import type { FoldedEvent, Projection } from './projection.ts'

/** How the events of a page are decoded. */
export type DecodeOptions = {
  /** The slices of the projection's version, if its views are stored in parts. */
  readonly slices?: ViewSlices | undefined
  /** What opens sealed events. */
  readonly vault?: Opening['vault']
  readonly breathe?: Breathe
}

/**
 * Decodes the events of a page that a projection has handlers for, and groups them by the views that they concern.
 *
 * @returns the events of each view, or of each part of one, by its key, in the order of the feed
 * @throws EventSchemaTooNew, UpcastFailed, InvalidViewKey; HandlerFailed if the key function threw; VaultRequired, and
 *   what the vault throws
 */
export async function itemsByKey(
  projection: Projection,
  page: readonly FeedEvent[],
  { slices, vault, breathe = () => undefined }: DecodeOptions = {},
): Promise<Map<string, readonly FoldItem[]>> {
  const byKey = new Map<string, FoldItem[]>()
  const size = sliceOf(page, vault)
  for (let from = 0; from < page.length; from += size) {
    const slice = page.slice(from, from + size)
    for (const item of await decodeItems(projection, slice, vault)) {
      for (const viewKey of keysOf(projection, item.event)) {
        for (const key of slices ? partsFor(item, viewKey, slices) : [viewKey]) {
          const items = byKey.get(key)
          if (items) items.push(item)
          else byKey.set(key, [item])
        }
      }
      const turn = breathe()
      if (turn) await turn
    }
  }
  return byKey
}

// Whatever part has something about a person, it forgets it.
const partsFor = ({ event, position }: FoldItem, viewKey: string, slices: ViewSlices): readonly string[] =>
  event.type === FORGOTTEN ? partKeys(viewKey, slices) : [partKey(viewKey, slices, position.hash)]

// How many events are decoded before yielding to the event loop.
const SLICE = 250

async function decodeItems(
  projection: Projection,
  page: readonly FeedEvent[],
  vault: Opening['vault'],
): Promise<FoldItem[]> {
  const documents = page.map(({ event }) => event)
  const decoded = await decodeFor(projection, documents, vault)
  const items: FoldItem[] = []
  for (const [i, { position, range }] of page.entries()) {
    const input = decoded[i]
    if (input) items.push(input.people ? { ...input, position, range } : { event: input.event, position, range })
  }
  return items
}

/** How many events are decoded at once. What is sealed is opened with one read of keys for a page. */
const sliceOf = (page: readonly FeedEvent[], vault: Opening['vault']): number =>
  vault !== undefined && page.some(({ event }) => isSealed(event.eventData)) ? page.length : SLICE

function keysOf(projection: Projection, event: FoldedEvent): readonly string[] {
  try {
    return projection.keysOf(event)
  } catch (cause) {
    if (!(cause instanceof InvalidViewKey)) throw failureOf(projection, null, event, cause)
    if (!projection.readsPersonal) throw cause
    const at = eventReference(event.streamId, event.version)
    throw new InvalidViewKey('(withheld)', `the key function of ${projection.name} returned it for ${at}`)
  }
}
