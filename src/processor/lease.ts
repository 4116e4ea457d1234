import type { Clock } from '../core/clock.ts'
import { IncarnationMismatch } from '../core/errors/feed.ts'
import { containsInterval, sameInterval } from '../core/hash-interval.ts'
import type { Continuation, FeedRange } from '../core/port/change-feed.ts'
import { type LeaseDocument, leaseId } from '../core/port/lease-store.ts'
import type { SaveCondition } from '../core/port/save.ts'
import type { StoragePort } from '../core/port/storage.ts'

/** A worker's hold on a range for one projection version, and up to where it got. */
export type Lease = {
  readonly id: string
  /** With what reading goes on; null at the start. */
  readonly continuation: Continuation | null
  readonly readTo: number
  readonly owner: string | null
  /** Whether the place differs from what is stored, or may. */
  readonly moved: boolean
  /** When the place was stored last: milliseconds since 1970. */
  readonly savedAt: number
  /** Goes on to another place, in memory only. Call it when the views of everything before are saved. */
  move(continuation: Continuation, readTo: number): void
  /** Stores the place; where another worker got further meanwhile, its place becomes this one. */
  save(): Promise<void>
  /** Stores the place and gives the range up. */
  release(): Promise<void>
}

/** Whose lease, for what. */
export type LeaseRequest = {
  readonly projection: { readonly name: string; readonly version: number }
  readonly range: FeedRange
  readonly workerId: string
}

// Nobody takes a lease from a live worker yet; the expiry is there for whoever looks at the document.
const DURATION = 10_000

/**
 * Takes the lease of a range. Where there is none yet, it starts from the finest one that holds the whole range, for
 * that is the one that was cut; else from the start of the feed.
 *
 * @throws IncarnationMismatch when the lease belongs to another life of the log
 */
export async function openLease(
  storage: Pick<StoragePort, 'leases' | 'incarnation'>,
  clock: Clock,
  { projection, range, workerId }: LeaseRequest,
): Promise<Lease> {
  const { leases, incarnation } = storage
  const id = leaseId(projection.name, projection.version, range)
  const held = () => ({ owner: workerId, expiresAt: clock.now() + DURATION })

  let { stored, condition } = await take()
  let place = { continuation: stored.continuation, readTo: stored.readTo }
  let savedAt = clock.now()
  // Not while a save is under way, nor after one whose answer was lost: it may have stored an earlier place.
  let known = true

  async function take(): Promise<{ stored: LeaseDocument; condition: SaveCondition }> {
    for (;;) {
      const found = await leases.get(id)
      const document = { ...(found?.document ?? (await first())), ...held() }
      assertIncarnation(document)
      const result = await leases.save(document, found ? { ifMatch: found.etag } : 'ifAbsent')
      if (result.saved) return { stored: document, condition: { ifMatch: result.etag } }
    }
  }

  async function first(): Promise<LeaseDocument> {
    const { name, version } = projection
    const wider = (await leases.list({ projection: name, version }))
      .map(({ document }) => document)
      .filter((lease) => containsInterval(lease.range, range) && !sameInterval(lease.range, range))
    const parent = wider.reduce<LeaseDocument | undefined>(
      (finest, lease) => (finest === undefined || containsInterval(finest.range, lease.range) ? lease : finest),
      undefined,
    )
    const start = { continuation: null, readTo: 0, incarnation }
    return { ...(parent ?? start), id, projection: name, version, range, ...held() }
  }

  function assertIncarnation(document: LeaseDocument): void {
    if (document.incarnation !== incarnation) {
      throw new IncarnationMismatch(`Lease ${id}`, incarnation, document.incarnation)
    }
  }

  async function store(owner: Pick<LeaseDocument, 'owner' | 'expiresAt'>): Promise<void> {
    known = false
    for (;;) {
      const document = { ...stored, ...place, ...owner }
      const result = await leases.save(document, condition)
      if (result.saved) {
        stored = document
        condition = { ifMatch: result.etag }
        break
      }
      const other = await leases.get(id)
      condition = other ? { ifMatch: other.etag } : 'ifAbsent'
      if (other === undefined) continue
      stored = other.document
      assertIncarnation(stored)
      if (stored.readTo >= place.readTo) {
        place = { continuation: stored.continuation, readTo: stored.readTo }
        // A save whose answer was lost may be what came between: then the lease is still to be given up.
        if (owner.owner !== null || stored.owner !== workerId) break
      }
    }
    known = true
    savedAt = clock.now()
  }

  return {
    id,
    get continuation() {
      return place.continuation
    },
    get readTo() {
      return place.readTo
    },
    get owner() {
      return stored.owner
    },
    get moved() {
      return !known || place.continuation !== stored.continuation || place.readTo !== stored.readTo
    },
    get savedAt() {
      return savedAt
    },
    move(continuation, readTo) {
      place = { continuation, readTo }
    },
    save: () => store(held()),
    async release() {
      if (stored.owner === workerId) await store({ owner: null, expiresAt: 0 })
    },
  }
}
