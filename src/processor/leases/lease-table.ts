import { GROUPS, type GroupCode, groupIn } from '../../core/leases/groups.ts'
import { isOfLife, WORKERS } from '../../core/leases/lease-owner.ts'
import { PAUSES, pauseIn } from '../../core/leases/pauses.ts'
import type { FeedRange } from '../../core/port/change-feed.ts'
import { type LeaseChanges, type LeaseDocument, leaseId } from '../../core/port/lease-store.ts'
import type { Stored } from '../../core/port/save.ts'
import { finestAround, firstLease } from './first-lease.ts'
import { createKnownWorkers } from './known-workers.ts'
import { freeSince, type KnownDocument } from './lease-expiry.ts'
import type { BalanceWorker } from './load-balancing.ts'
import { versionKey } from './worker-registry.ts'

/** A projection version as the table knows it. */
export type TableProjection = {
  readonly name: string
  readonly version: number
  /** Whether a range with neither a lease nor a parent is read from the start of the feed. */
  readonly startsAnywhere: boolean
}

/** One lease of this worker's projections on a current range, as it was last seen. */
export type LeaseEntry = {
  readonly id: string
  readonly projection: TableProjection
  readonly range: FeedRange
  /** The lease as it is stored, or its initial document. */
  readonly seen: Stored<LeaseDocument> | LeaseDocument
  readonly document: LeaseDocument
  /** When it was first seen in that state: milliseconds since 1970. */
  readonly seenAt: number
}

/** What a worker knows about the leases and the other workers. It is kept up to date by changes. */
export type LeaseTable = {
  /** Adds the documents that were read. @param now milliseconds since 1970 */
  update(changes: Pick<LeaseChanges, 'documents' | 'all'>, ranges: readonly FeedRange[], now: number): void
  /** Removes a document that was deleted, which the changes do not report. */
  forget(id: string): void
  /**
   * A different value each time that the owners of the leases, or the workers that are alive, have changed; expiry does
   * not count.
   */
  readonly revision: number
  /** The leases of this worker's projections on the ranges of the last update. */
  readonly entries: readonly LeaseEntry[]
  entry(id: string): LeaseEntry | undefined
  /**
   * The projections that do not start from the beginning and have no checkpoint on some range: it is not visible yet,
   * or is lost.
   */
  readonly unplaced: readonly TableProjection[]
  /** All leases of a projection version, including those of ranges that were split. */
  leasesOf(projection: string, version: number): readonly LeaseDocument[]
  /** Since when a lease has had no owner, or undefined if it has one: milliseconds since 1970. */
  unownedSince(entry: LeaseEntry, now: number): number | undefined
  /** From when on others may take a lease: milliseconds since 1970, by its owner's clock. */
  expiryOf(entry: LeaseEntry): number
  /** Whether a lease expires with its owner's document, and not at its own time. */
  lastsWithOwner(entry: LeaseEntry): boolean
  /** A worker's own document, as it was last read. */
  workerDocument(workerId: string): LeaseDocument | undefined
  /** Since when a projection version is paused: ISO 8601 in UTC; null when it is not. */
  pausedSince(projection: string, version: number): string | null
  /** The code that a group of consumers runs; undefined if none is stored. */
  codeOf(group: string): GroupCode | undefined
  /** The workers that are alive. */
  workers(now: number): readonly BalanceWorker[]
  /** The documents of workers that left before a time. */
  goneSince(time: number): readonly Stored<LeaseDocument>[]
}

/** Creates an empty table. */
export function createLeaseTable(projections: readonly TableProjection[], incarnation: string): LeaseTable {
  const documents = new Map<string, KnownDocument>()
  const workers = createKnownWorkers()
  const pauses = new Map<string, string | null>()
  const groups = new Map<string, GroupCode>()
  // Since when a lease that is not stored is known to be missing.
  let missing = new Map<string, number>()
  let current: readonly FeedRange[] = []
  let updatedAt = Number.NEGATIVE_INFINITY
  let revision = 0
  let entries: readonly LeaseEntry[] | undefined
  const unplaced = new Set<TableProjection>()
  let byId = new Map<string, LeaseEntry>()
  let byVersion = new Map<string, Map<string, LeaseDocument>>()

  /** Adds a document. @returns whether all leases must be examined again */
  function take(stored: Stored<LeaseDocument>, now: number): boolean {
    const { document, etag } = stored
    const { id, projection, version } = document
    const before = documents.get(id)?.stored
    if (before?.etag === etag) return false
    const known: KnownDocument = { stored, seenAt: now }
    documents.set(id, known)
    if (projection === WORKERS) {
      if (workers.set(known)) revision++
      return false
    }
    const pause = pauseIn(document)
    if (pause) {
      pauses.set(versionKey({ name: pause.projection, version: pause.version }), pause.since)
      return false
    }
    const group = groupIn(document)
    if (group) {
      groups.set(group.name, group.code)
      revision++
      return false
    }
    if (before === undefined) return true
    byVersion.get(`${projection}:${version}`)?.set(id, document)
    const entry = byId.get(id)
    // The leases of a split range begin at the checkpoint of the range around it.
    if (entry === undefined) return missing.size > 0
    if (before.document.owner !== document.owner || before.document.life !== document.life) revision++
    byId.set(id, storedEntry(entry.projection, entry.range, known))
    entries = undefined
    return false
  }

  function remove(id: string): boolean {
    const document = documents.get(id)?.stored.document
    documents.delete(id)
    const pause = document && pauseIn(document)
    if (pause) pauses.delete(versionKey({ name: pause.projection, version: pause.version }))
    if (document?.projection !== WORKERS) return document !== undefined && !pause
    workers.delete(document)
    revision++
    return false
  }

  function index(now: number): void {
    revision++
    byVersion = new Map()
    for (const { stored } of documents.values()) {
      const { id, projection, version } = stored.document
      if (projection === WORKERS || projection === PAUSES || projection === GROUPS) continue
      const key = `${projection}:${version}`
      const group = byVersion.get(key)
      if (group) group.set(id, stored.document)
      else byVersion.set(key, new Map([[id, stored.document]]))
    }
    const before = missing
    missing = new Map()
    unplaced.clear()
    byId = new Map()
    for (const projection of projections) {
      for (const entry of entriesOf(projection, before, now)) byId.set(entry.id, entry)
    }
    entries = undefined
  }

  function entriesOf(projection: TableProjection, before: ReadonlyMap<string, number>, now: number): LeaseEntry[] {
    const { name, version } = projection
    const idOf = (range: FeedRange) => leaseId(name, version, range)
    const absent = current.filter((range) => !documents.has(idOf(range)))
    const parents = absent.length > 0 ? finestAround(absent, leasesOf(name, version)) : undefined
    return current.flatMap((range): LeaseEntry[] => {
      const id = idOf(range)
      const known = documents.get(id)
      if (known) return [storedEntry(projection, range, known)]
      const parent = parents?.get(range)
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

  function forgetMissingFrom(changed: readonly Stored<LeaseDocument>[]): boolean {
    const ids = new Set(changed.map(({ document }) => document.id))
    let isNew = false
    for (const id of [...documents.keys()]) if (!ids.has(id)) isNew = remove(id) || isNew
    return isNew
  }

  const leasesOf = (projection: string, version: number) => [
    ...(byVersion.get(`${projection}:${version}`)?.values() ?? []),
  ]
  const ownerOf = ({ document }: LeaseEntry) => (document.owner === null ? undefined : workers.get(document.owner))

  /** The owner's document, if it is of the life in which the lease was taken. */
  function ownerIn(entry: LeaseEntry): LeaseDocument | undefined {
    const owner = ownerOf(entry)?.stored.document
    return owner !== undefined && isOfLife(entry.document, owner) ? owner : undefined
  }

  return {
    update({ documents: changed, all }, ranges, now) {
      let isNew = !sameRanges(ranges, current)
      current = ranges
      // After the clock was set back, an earlier observation must not lie in the future.
      if (now < updatedAt) {
        for (const [id, known] of documents) {
          const seen = { ...known, seenAt: Math.min(known.seenAt, now) }
          documents.set(id, seen)
          if (known.stored.document.projection === WORKERS) workers.set(seen)
        }
        isNew = true
      }
      updatedAt = now
      for (const stored of changed) if (take(stored, now)) isNew = true
      if (all && forgetMissingFrom(changed)) isNew = true
      if (isNew) index(now)
    },
    forget(id) {
      if (remove(id)) index(updatedAt)
    },
    get revision() {
      return revision
    },
    get entries() {
      entries ??= [...byId.values()]
      return entries
    },
    entry: (id) => byId.get(id),
    get unplaced() {
      return [...unplaced]
    },
    leasesOf,
    unownedSince(entry, now) {
      if (!('etag' in entry.seen)) return entry.seenAt
      const known = { stored: entry.seen as Stored<LeaseDocument>, seenAt: entry.seenAt }
      return freeSince(known, ownerOf(entry), now)
    },
    expiryOf(entry) {
      return (ownerIn(entry) ?? entry.document).expiresAt
    },
    lastsWithOwner: (entry) => ownerIn(entry) !== undefined,
    codeOf: (group) => groups.get(group),
    pausedSince: (name, version) => pauses.get(versionKey({ name, version })) ?? null,
    workerDocument: (workerId) => workers.get(workerId)?.stored.document,
    workers: workers.alive,
    goneSince: workers.goneSince,
  }
}

const storedEntry = (projection: TableProjection, range: FeedRange, { stored, seenAt }: KnownDocument): LeaseEntry => {
  const { document } = stored
  return { id: document.id, projection, range, seen: stored, document, seenAt }
}

/** A lease as load balancing sees it. */
export const balanceLease = (table: LeaseTable, entry: LeaseEntry, now: number) => ({
  id: entry.id,
  range: `${entry.range.min}-${entry.range.max}`,
  projection: versionKey(entry.projection),
  owner: entry.document.owner,
  freeSince: table.unownedSince(entry, now),
})

const sameRanges = (a: readonly FeedRange[], b: readonly FeedRange[]): boolean =>
  a === b || (a.length === b.length && a.every(({ min, max }, i) => min === b[i]?.min && max === b[i]?.max))
