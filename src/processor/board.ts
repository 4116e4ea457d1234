import type { FeedRange } from '../core/port/change-feed.ts'
import { type LeaseDocument, leaseId } from '../core/port/lease-store.ts'
import type { Stored } from '../core/port/save.ts'
import { type BalanceLease, type BalanceWorker, freeSince } from './balance.ts'
import { firstLease } from './lease.ts'
import { versionKey, WORKERS } from './membership.ts'

/** One lease of this worker's projections on a range of now, as it was seen last. */
export type BoardEntry = {
  readonly id: string
  readonly projection: { readonly name: string; readonly version: number }
  readonly range: FeedRange
  /** The lease as it is stored, or what it would begin with. */
  readonly seen: Stored<LeaseDocument> | LeaseDocument
  readonly document: LeaseDocument
  /** When it was first seen so: milliseconds since 1970. */
  readonly seenAt: number
}

/** What a worker knows of the leases: those of its own projections on the ranges of now, and the workers. */
export type Board = {
  readonly entries: readonly BoardEntry[]
  /** The documents of workers, those that are gone included. */
  readonly workers: readonly (BalanceWorker & { readonly stored: Stored<LeaseDocument> })[]
  /** When it was read: milliseconds since 1970. */
  readonly at: number
}

/** Makes a function that puts what was read on the board, and remembers since when each document is as it is. */
export function createBoard(
  projections: readonly { readonly name: string; readonly version: number }[],
  incarnation: string,
) {
  let seen = new Map<string, { readonly etag: string | null; readonly at: number }>()
  return (ranges: readonly FeedRange[], stored: readonly Stored<LeaseDocument>[], now: number): Board => {
    const before = seen
    seen = new Map()
    const seenAt = (id: string, etag: string | null): number => {
      const known = before.get(id)
      // A clock that was set back must not make a lease older than it is.
      const at = known?.etag === etag ? Math.min(known.at, now) : now
      seen.set(id, { etag, at })
      return at
    }
    const byId = new Map(stored.map((lease) => [lease.document.id, lease]))
    const documents = stored.map(({ document }) => document)
    const entries = ranges.flatMap((range) =>
      projections.map((projection): BoardEntry => {
        const id = leaseId(projection.name, projection.version, range)
        const found = byId.get(id)
        const lease = found ?? firstLease(projection, range, documents, incarnation)
        return {
          id,
          projection,
          range,
          seen: lease,
          document: found?.document ?? (lease as LeaseDocument),
          seenAt: seenAt(id, found?.etag ?? null),
        }
      }),
    )
    const workers = stored
      .filter(({ document }) => document.projection === WORKERS)
      .map((worker) => {
        const { id, owner, expiresAt, duration, projections: versions } = worker.document
        return {
          id: owner ?? id,
          projections: Array.isArray(versions) ? versions.map(String) : [],
          expiresAt,
          duration: durationOf(duration),
          seenAt: seenAt(id, worker.etag),
          stored: worker,
        }
      })
    return { entries, workers, at: now }
  }
}

// What says nothing of how long it lasts lasts until the time that it names.
const durationOf = (duration: unknown): number => (typeof duration === 'number' ? duration : Number.POSITIVE_INFINITY)

/** A lease as the balance takes it. */
export function balanceLease({ id, range, projection, document, seenAt }: BoardEntry): BalanceLease {
  const { owner, expiresAt, duration } = document
  return {
    id,
    range: `${range.min}-${range.max}`,
    projection: versionKey(projection),
    owner,
    expiresAt,
    duration: durationOf(duration),
    seenAt,
  }
}

/** Since when nobody owns a lease of the board, or undefined when somebody does: milliseconds since 1970. */
export const unownedSince = (entry: BoardEntry, now: number): number | undefined => freeSince(balanceLease(entry), now)
