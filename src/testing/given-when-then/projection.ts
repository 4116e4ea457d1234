import { AssertionError, deepStrictEqual } from 'node:assert'
import { uuidV7 } from '../../core/append/uuid.ts'
import { encodeEvents } from '../../core/events/codec.ts'
import type { UserMetadata } from '../../core/events/types.ts'
import type { JsonObject } from '../../core/json/json.ts'
import type { FeedEvent } from '../../core/port/change-feed.ts'
import { type EventDocument, FORGOTTEN, TOMBSTONE } from '../../core/port/event-document.ts'
import type { ViewDocument } from '../../core/port/view-store.ts'
import { fullInterval } from '../../core/positions/hash-interval.ts'
import { itemsByKey } from '../../projections/events-by-key.ts'
import { foldView } from '../../projections/fold.ts'
import type { FoldItem } from '../../projections/fold-item.ts'
import type { Projection } from '../../projections/projection.ts'
import { checkMerge } from './merge-laws.ts'
import { asRecorded, RECORDED_AT } from './recorded.ts'
import { arePersonal, everyoneForgotten, redactedDocuments } from './redacted.ts'

/** An event for a projection; see also `streamDeleted` and `personForgotten`. */
export type GivenEvent = {
  readonly streamId: string
  readonly type: string
  readonly data?: unknown
  readonly metadata?: UserMetadata
  /** ISO 8601 in UTC; by default the first moment of 2026. */
  readonly recordedAt?: string
}

/** Views that are to be compared. */
export type Then<V> = {
  /**
   * The view of this key equals this, or is null: never created, or deleted. @throws AssertionError, or what a handler
   * threw
   */
  thenView(key: string, view: V | null): Promise<void>
  /** These are all existing views, by their keys. @throws as `thenView` does */
  thenViews(views: { readonly [key: string]: V }): Promise<void>
  /**
   * The views can be stored in parts and merged: see `merge` of a projection. The events must be of two or more streams,
   * and the more of them concern one view, the more is checked.
   *
   * @throws AssertionError naming the violated law; InvalidDefinition for a projection without `merge`, or events that
   *   check nothing
   */
  thenMerges(): Promise<void>
}

/**
 * Tests a projection without a storage: `await givenEvents(overview, [registered]).thenView('87000001', view)`. The
 * events arrive in the given order, as one page of one feed range, and every page is delivered twice, as a feed may do.
 * If handlers get personal members, everything is folded once more with stand-ins, which must not fail.
 *
 * @param events data is validated if the projection handles the type; other types are skipped, as always
 */
export function givenEvents<V>(projection: Projection<V>, events: readonly GivenEvent[]): Then<V> {
  return {
    async thenView(key, view) {
      deepStrictEqual((await viewsAfter(projection, events)).get(key) ?? null, view)
    },
    async thenViews(views) {
      deepStrictEqual(Object.fromEntries(await viewsAfter(projection, events)), views)
    },
    async thenMerges() {
      const byKey = await itemsByKey(projection, await pageOf(projection, events))
      checkMerge(projection, byKey, (key, items) => foldAll(projection, key, items))
    },
  }
}

const TARGET = { incarnation: 'given', bytesPerView: Number.POSITIVE_INFINITY }

async function viewsAfter(projection: Projection, events: readonly GivenEvent[]): Promise<Map<string, unknown>> {
  const page = await pageOf(projection, events)
  const views = new Map<string, unknown>()
  for (const [key, items] of await itemsByKey(projection, page)) {
    const view = foldAll(projection, key, items)
    if (view !== null) views.set(key, view)
  }
  await foldRedacted(projection, page)
  return views
}

/** Folds everything once more as after forgetting. @throws AssertionError if a handler fails then */
async function foldRedacted(projection: Projection, page: readonly FeedEvent[]): Promise<void> {
  const { definitions } = projection.events
  if (!projection.readsPersonal || !arePersonal(definitions)) return
  try {
    const documents = redactedDocuments(
      page.map(({ event }) => event),
      definitions,
    )
    const redacted = page.map((feedEvent, i) => ({ ...feedEvent, event: documents[i] as EventDocument }))
    const byKey = await itemsByKey(projection, redacted, { vault: everyoneForgotten })
    for (const [key, items] of byKey) foldAll(projection, key, items)
  } catch (cause) {
    const message = `Projection ${projection.name} fails once a person is forgotten: ${cause}`
    throw new AssertionError({ message })
  }
}

function foldAll(projection: Projection, key: string, items: readonly FoldItem[]): unknown {
  let stored: ViewDocument | undefined
  for (const delivered of [items, items]) {
    // In a test, the message of a handler's error is of use, and the data is made up.
    const telling = { ...projection, readsPersonal: false }
    const { document, failure } = foldView(telling, key, stored, delivered, TARGET)
    if (failure) throw failure.error
    stored = document ?? stored
  }
  return stored ? JSON.parse(JSON.stringify(stored.data)) : null
}

async function pageOf(projection: Projection, events: readonly GivenEvent[]): Promise<FeedEvent[]> {
  const versions = new Map<string, number>()
  const page: FeedEvent[] = []
  for (const [index, event] of events.entries()) {
    const version = (versions.get(event.streamId) ?? 0) + 1
    versions.set(event.streamId, version)
    page.push({
      event: await documentOf(projection, event, version),
      position: { lsn: index + 1, hash: '00', version },
      range: fullInterval,
      appendId: String(index),
    })
  }
  return page
}

async function documentOf(projection: Projection, given: GivenEvent, version: number): Promise<EventDocument> {
  const { streamId, type, data = {}, metadata = {}, recordedAt = RECORDED_AT } = given
  const isHandled = Object.hasOwn(projection.events.definitions, type)
  const [document] = isHandled
    ? await encodeEvents(projection.events, [{ type, data: data as JsonObject, metadata }])
    : []
  const eventData = type === FORGOTTEN ? (data as JsonObject) : {}
  const passedOver = { eventType: type, eventData, metadata: { ...metadata, eventId: uuidV7() } }
  return asRecorded(streamId, version, document ?? passedOver, recordedAt)
}

/** The event by which projections with `forgotten` learn that a person was forgotten, for `givenEvents`. */
export const personForgotten = (person: string): GivenEvent => ({
  streamId: '$privacy:given',
  type: FORGOTTEN,
  data: { person, key: 'given', through: 1 },
})

/** The type of the event that ends a deleted stream, for `givenEvents`. */
export const streamDeleted = (streamId: string): GivenEvent => ({ streamId, type: TOMBSTONE })
