import { InvalidContinuation } from '../../../core/errors/input.ts'
import type { HashInterval } from '../../../core/hash-interval.ts'
import type { LeaseDocument, LeaseStore } from '../../../core/port/lease-store.ts'
import type { Stored } from '../../../core/port/save.ts'
import type { RawDocument } from '../client/items.ts'
import type { Operation } from '../client/operation.ts'
import { pageOfInterval } from '../feed/interval-pages.ts'
import type { Handle } from '../handle.ts'
import { knownPartitions } from '../partitions/load-partitions.ts'
import { STORAGE_ID } from '../setup/storage-document.ts'
import { decodeLeasePlaces, encodeLeasePlaces, type LeasePlace } from './places.ts'

const PAGE = 1000

/**
 * `LeaseStore.changes`: the change feed of the leases container, one unit a physical partition when nothing changed. It
 * shows the latest version of each document, and no deletions.
 */
export function leaseChanges(
  handle: Handle,
  opened: (raw: RawDocument) => Stored<LeaseDocument>,
): NonNullable<LeaseStore['changes']> {
  const { leases } = handle.containers

  async function beginnings(operation: Operation): Promise<readonly LeasePlace[]> {
    const partitions = await knownPartitions(operation, leases)
    return partitions.map(({ min, max }) => ({ min, max, etag: '' }))
  }

  return (since) =>
    handle.run('lease.changes', async (operation) => {
      const from = since === null ? await beginnings(operation) : decodeLeasePlaces(since)
      const found = new Map<string, RawDocument>()
      const places: LeasePlace[] = []
      for (const rest = [...from]; rest.length > 0; ) {
        const place = rest.shift() as LeasePlace
        const read = await pageOfInterval<RawDocument>(operation, leases, place, place, PAGE)
        if ('partitions' in read) {
          rest.unshift(...partsOf(place, read.partitions))
          continue
        }
        const { items, etag, isEnd } = read.page
        for (const item of items) found.set(item.id, item)
        const next = { ...place, etag }
        if (isEnd) places.push(next)
        else rest.unshift(next)
      }
      const documents = [...found.values()].filter(({ id }) => id !== STORAGE_ID).map(opened)
      return { documents, next: encodeLeasePlaces(places) }
    })
}

/** A place for each of the partitions that an interval was split into: the server takes what it said of the whole. */
function partsOf(place: LeasePlace, partitions: readonly HashInterval[]): LeasePlace[] {
  const cuts = partitions.map(({ min }) => min).filter((min) => min > place.min && min < place.max)
  if (cuts.length === 0) throw new InvalidContinuation('it belongs to another container')
  const edges = [place.min, ...cuts.sort(), place.max]
  return edges.slice(1).map((max, i) => ({ ...place, min: edges[i] as string, max }))
}
