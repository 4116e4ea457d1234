import type { LeaseDocument, LeaseStore } from '../../../core/port/lease-store.ts'
import type { Stored } from '../../../core/port/save.ts'
import type { HashInterval } from '../../../core/positions/hash-interval.ts'
import type { RawDocument } from '../client/items.ts'
import type { Operation } from '../client/operation.ts'
import { lsnOfEtag } from '../feed/etag.ts'
import { pageOfInterval } from '../feed/interval-pages.ts'
import type { Handle } from '../handle.ts'
import { knownPartitions } from '../partitions/load-partitions.ts'
import { STORAGE_ID } from '../setup/storage-document.ts'
import { decodeLeasePlaces, encodeLeasePlaces, type LeasePlace } from './lease-checkpoints.ts'

const PAGE = 1000

/** Documents after places, and the places after those. */
type Changed = { readonly documents: readonly RawDocument[]; readonly places: readonly LeasePlace[] }

/**
 * `LeaseStore.changes`: the change feed of the leases container, at one unit for each physical partition if nothing
 * changed. It shows the latest version of each document, and no deletions. A place that is not one of this container
 * starts over.
 */
export function leaseChanges(
  handle: Handle,
  opened: (raw: RawDocument) => Stored<LeaseDocument>,
): NonNullable<LeaseStore['changes']> {
  const { leases } = handle.containers

  /** Reads everything after places; undefined if they are not of this container. */
  async function readBehind(operation: Operation, from: readonly LeasePlace[]): Promise<Changed | undefined> {
    const found = new Map<string, RawDocument>()
    const places: LeasePlace[] = []
    for (const rest = [...from]; rest.length > 0; ) {
      const place = rest.shift() as LeasePlace
      const read = await pageOfInterval<RawDocument>(operation, leases, place, place, PAGE)
      if ('partitions' in read) {
        const parts = partsOf(place, read.partitions)
        if (parts.length < 2) return undefined
        rest.unshift(...parts)
        continue
      }
      const { items, etag, isEnd, head } = read.page
      // The session reaches as far as the place does, so what is past the head was lost in a failover.
      if (head !== undefined && (lsnOfEtag(place.etag) ?? 0) > head) return undefined
      for (const item of items) found.set(item.id, item)
      const next = { ...place, etag }
      if (isEnd) places.push(next)
      else rest.unshift(next)
    }
    return { documents: [...found.values()], places }
  }

  async function readAll(operation: Operation): Promise<Changed> {
    for (;;) {
      const partitions = await knownPartitions(operation, leases)
      const changed = await readBehind(
        operation,
        partitions.map(({ min, max }) => ({ min, max, etag: '' })),
      )
      if (changed !== undefined) return changed
    }
  }

  return (since) =>
    handle.run('lease.changes', async (operation) => {
      const from = since === null ? undefined : decodeLeasePlaces(since)
      const changed = from && (await readBehind(operation, from))
      const { documents, places } = changed ?? (await readAll(operation))
      return {
        documents: documents.filter(({ id }) => id !== STORAGE_ID).map(opened),
        next: encodeLeasePlaces(places),
        all: changed === undefined,
      }
    })
}

/** A place for each of the partitions that an interval was split into: the server accepts the parent's token. */
function partsOf(place: LeasePlace, partitions: readonly HashInterval[]): LeasePlace[] {
  const cuts = partitions.map(({ min }) => min).filter((min) => min > place.min && min < place.max)
  const edges = [place.min, ...cuts.sort(), place.max]
  return edges.slice(1).map((max, i) => ({ ...place, min: edges[i] as string, max }))
}
