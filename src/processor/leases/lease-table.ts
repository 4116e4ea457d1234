import type { FeedRange } from '../../core/port/change-feed.ts'
import { type LeaseChanges, type LeaseDocument, leaseId } from '../../core/port/lease-store.ts'
import type { Stored } from '../../core/port/save.ts'
import { finestAround, firstLease } from './first-lease.ts'
import { freeSince, isAlive, type KnownDocument } from './lease-expiry.ts'
import type { BalanceWorker } from './load-balancing.ts'
import { versionKey, WORKERS } from './worker-registry.ts'

/** A projection version as the table knows it. */
export type TableProjection = {
  readonly name: string
  readonly version: number
  /** Whether a range without a lease, and cut from none, is read from the start of the feed. */
  readonly startsAnywhere: boolean
}

/** One lease of this worker's projections on a current range, as it was seen last. */
export type LeaseEntry = {
  readonly id: string
  readonly projection: TableProjection
  readonly range: FeedRange
  /** The lease as it is stored, or what it would begin with. */
  readonly seen: Stored<LeaseDocument> | LeaseDocument
  readonly document: LeaseDocument
  /** When it was first seen so: milliseconds since 1970. */
  readonly seenAt: number
}

/** What a worker knows of the leases and of the other workers. It is kept up to date by what changed. */
export type LeaseTable = {
  /** Takes in what was read. @param now milliseconds since 1970 */
  update(changes: Pick<LeaseChanges, 'documents' | 'all'>, ranges: readonly FeedRange[], now: number): void
  /** Forgets a document that was removed, which the changes do not tell. */
  forget(id: string): void
  /** The leases of this worker's projections on the ranges of the last update. */
  readonly entries: readonly LeaseEntry[]
  entry(id: string): LeaseEntry | undefined
  /** The projections that do not start anywhere and have no place on some range: it is not shown yet, or is lost. */
  readonly unplaced: readonly TableProjection[]
  /** All leases of a projection version, those of ranges that were cut included. */
  leasesOf(projection: string, version: number): readonly LeaseDocument[]
  /** Since when nobody owns a lease, or undefined when a worker does: milliseconds since 1970. */
  unownedSince(entry: LeaseEntry, now: number): number | undefined
  /** From when on others may take a lease: milliseconds since 1970, by its owner's clock. */
  expiryOf(entry: LeaseEntry): number
  /** The life of a worker that its document tells, if it has one. */
  lifeOf(workerId: string): unknown
  /** The workers that are alive. */
  workers(now: number): readonly BalanceWorker[]
  /** The documents of workers that have been gone since before a time. */
  goneSince(time: number): readonly Stored<LeaseDocument>[]
}

/** Makes an empty table. */
export function createLeaseTable(projections: readonly TableProjection[], incarnation: string): LeaseTable {
  const documents = new Map<string, KnownDocument>()
  // Since when a lease that is not stored is known to be missing.
  let missing = new Map<string, number>()
  let current: readonly FeedRange[] = []
  let updatedAt = Number.NEGATIVE_INFINITY
  let entries: readonly LeaseEntry[] = []
  const unplaced = new Set<TableProjection>()
  let byId = new Map<string, LeaseEntry>()
  let byVersion = new Map<string, LeaseDocument[]>()
  let owners = new Map<string, KnownDocument>()

  function take({ document, etag }: Stored<LeaseDocument>, now: number): boolean {
    if (documents.get(document.id)?.stored.etag === etag) return false
    documents.set(document.id, { stored: { document, etag }, seenAt: now })
    return true
  }

  function index(now: number): void {
    byVersion = new Map()
    owners = new Map()
    for (const known of documents.values()) {
      const { document } = known.stored
      if (document.projection === WORKERS) owners.set(document.owner ?? document.id, known)
      else grouped(byVersion, `${document.projection}:${document.version}`, document)
    }
    const before = missing
    missing = new Map()
    unplaced.clear()
    entries = projections.flatMap((projection) => entriesOf(projection, before, now))
    byId = new Map(entries.map((entry) => [entry.id, entry]))
  }

  function entriesOf(projection: TableProjection, before: ReadonlyMap<string, number>, now: number): LeaseEntry[] {
    const { name, version } = projection
    const idOf = (range: FeedRange) => leaseId(name, version, range)
    const absent = current.filter((range) => !documents.has(idOf(range)))
    const parents = finestAround(absent, byVersion.get(`${name}:${version}`) ?? [])
    return current.flatMap((range): LeaseEntry[] => {
      const id = idOf(range)
      const known = documents.get(id)
      if (known) {
        const { stored, seenAt } = known
        return [{ id, projection, range, seen: stored, document: stored.document, seenAt }]
      }
      const parent = parents.get(range)
      if (parent === undefined && !projection.startsAnywhere) {
        unplaced.add(projection)
        return []
      }
      const seenAt = Math.min(before.get(id) ?? now, now)
      missing.set(id, seenAt)
      const document = firstLease(projection, range, parent, incarnation)
      return [{ id, projection, range, seen: document, document, seenAt }]
    })
  }

  const ownerOf = ({ document }: LeaseEntry) => (document.owner === null ? undefined : owners.get(document.owner))

  return {
    update({ documents: changed, all }, ranges, now) {
      let isNew = !sameRanges(ranges, current)
      current = ranges
      // After the clock was set back, what was seen before was not seen in the future.
      if (now < updatedAt) {
        for (const [id, known] of documents) documents.set(id, { ...known, seenAt: Math.min(known.seenAt, now) })
        isNew = true
      }
      updatedAt = now
      for (const stored of changed) if (take(stored, now)) isNew = true
      if (all) {
        const ids = new Set(changed.map(({ document }) => document.id))
        for (const id of documents.keys()) if (!ids.has(id)) isNew = documents.delete(id) || isNew
      }
      if (isNew) index(now)
    },
    forget(id) {
      if (documents.delete(id)) index(updatedAt)
    },
    get entries() {
      return entries
    },
    entry: (id) => byId.get(id),
    get unplaced() {
      return [...unplaced]
    },
    leasesOf: (projection, version) => byVersion.get(`${projection}:${version}`) ?? [],
    unownedSince(entry, now) {
      if (!('etag' in entry.seen)) return entry.seenAt
      const known = { stored: entry.seen as Stored<LeaseDocument>, seenAt: entry.seenAt }
      return freeSince(known, ownerOf(entry), now)
    },
    expiryOf(entry) {
      const owner = ownerOf(entry)?.stored.document
      const { life, expiresAt } = entry.document
      return owner !== undefined && life !== undefined && owner.life === life ? owner.expiresAt : expiresAt
    },
    lifeOf: (workerId) => owners.get(workerId)?.stored.document.life,
    workers: (now) =>
      [...owners.values()]
        .filter((worker) => isAlive(worker, now))
        .map(({ stored: { document } }) => ({
          id: document.owner ?? document.id,
          projections: Array.isArray(document.projections) ? document.projections.map(String) : [],
        })),
    goneSince: (time) =>
      [...owners.values()]
        .filter(({ stored: { document }, seenAt }) => Math.max(document.expiresAt, seenAt) < time)
        .map(({ stored }) => stored),
  }
}

/** A lease as the balance takes it. */
export const balanceLease = (table: LeaseTable, entry: LeaseEntry, now: number) => ({
  id: entry.id,
  range: `${entry.range.min}-${entry.range.max}`,
  projection: versionKey(entry.projection),
  owner: entry.document.owner,
  freeSince: table.unownedSince(entry, now),
})

const sameRanges = (a: readonly FeedRange[], b: readonly FeedRange[]): boolean =>
  a === b || (a.length === b.length && a.every(({ min, max }, i) => min === b[i]?.min && max === b[i]?.max))

function grouped<T>(groups: Map<string, T[]>, key: string, item: T): void {
  const group = groups.get(key)
  if (group) group.push(item)
  else groups.set(key, [item])
}
