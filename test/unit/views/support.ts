import { z } from 'zod'
import { defineEvents } from '../../../src/core/events/define-events.ts'
import { eventStore } from '../../../src/core/events/event-store.ts'
import type { Continuation, FeedRange } from '../../../src/core/port/change-feed.ts'
import { leaseId } from '../../../src/core/port/lease-store.ts'
import type { StoragePort } from '../../../src/core/port/storage.ts'
import { type ViewDocument, viewId } from '../../../src/core/port/view-store.ts'
import type { Position } from '../../../src/core/positions/position.ts'

const events = defineEvents({ Noted: z.object({ n: z.number() }) })

/** A projection as its readers know it. */
export const notes = { name: 'notes', version: 1, initial: (): { n: number } => ({ n: 0 }) }

/** Appends one event; answers its position. */
export async function note(port: StoragePort, streamId: string, n = 1): Promise<string> {
  const log = eventStore(port, events)
  return (await log.append(streamId, [{ type: 'Noted', data: { n } }], { expectedVersion: 'any' })).position
}

export type ViewParts = Partial<Pick<ViewDocument, 'tidemarks' | 'incarnation' | 'data' | 'version'>> & {
  readonly parked?: { readonly reason: string }
}

/** Stores a view, whatever is there. */
export async function storeView(port: StoragePort, key: string, n: number, parts: ViewParts = {}): Promise<void> {
  const ref = { projection: 'notes', version: parts.version ?? 1, key }
  const found = await port.viewStore.get(ref)
  const document = { ...ref, id: viewId(ref), data: { n }, incarnation: port.incarnation, tidemarks: [], ...parts }
  const { saved } = await port.viewStore.save(document, found ? { ifMatch: found.etag } : 'ifAbsent')
  if (!saved) throw new Error('Somebody else saved the view')
}

/** Stores how far a projection has read a range. */
export async function storeLease(
  port: StoragePort,
  range: FeedRange,
  readTo: number,
  { version = 1, incarnation = port.incarnation } = {},
): Promise<void> {
  const id = leaseId('notes', version, range)
  const found = await port.leases.get(id)
  const document = {
    id,
    projection: 'notes',
    version,
    range,
    owner: null,
    expiresAt: 0,
    continuation: 'somewhere' as Continuation,
    readTo,
    incarnation,
  }
  const { saved } = await port.leases.save(document, found ? { ifMatch: found.etag } : 'ifAbsent')
  if (!saved) throw new Error('Somebody else saved the lease')
}

/** Makes another version the active one. */
export async function activate(port: StoragePort, version: number): Promise<void> {
  const ref = { projection: '$versions', version: 1, key: 'notes' }
  const found = await port.viewStore.get(ref)
  const document = {
    ...ref,
    id: viewId(ref),
    data: { active: version },
    incarnation: port.incarnation,
    tidemarks: [],
  }
  await port.viewStore.save(document, found ? { ifMatch: found.etag } : 'ifAbsent')
}

/** Where a position lies. */
export async function placeOf(port: StoragePort, token: string): Promise<{ at: Position; range: FeedRange }> {
  const [located] = await port.events.locate(token)
  if (located === undefined || typeof located.at === 'string') throw new Error('The position lies nowhere')
  const { at } = located
  const range = (await port.feed.ranges()).find(({ min, max }) => at.hash >= min && at.hash < max)
  return { at, range: range as FeedRange }
}
