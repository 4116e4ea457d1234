import type { Clock } from '../core/clock.ts'
import { containsInterval, sameInterval } from '../core/hash-interval.ts'
import type { Continuation, FeedRange } from '../core/port/change-feed.ts'
import { type LeaseDocument, type LeaseStore, leaseId } from '../core/port/lease-store.ts'
import type { SaveResult, Stored } from '../core/port/save.ts'

/** What a lease tells other workers of how its range is. */
export type LeaseNote = Pick<LeaseDocument, string>

/** A worker's hold on a range for one projection version, and up to where it got. */
export type Lease = {
  readonly id: string
  /** With what reading goes on; null at the start. */
  readonly continuation: Continuation | null
  readonly readTo: number
  /** The life of the log that the place belongs to. */
  readonly incarnation: string
  /** Aborted once it is no longer held: another worker has it, it could have lapsed, or it was given up. */
  readonly ended: AbortSignal
  /** Until when it may be relied on without another save, by the own clock: milliseconds since 1970. */
  readonly safeUntil: number
  /** From when on others may take it: milliseconds since 1970. */
  readonly expiresAt: number
  /** Whether the place differs from what is stored, or may. */
  readonly moved: boolean
  /** When it was stored last: milliseconds since 1970. */
  readonly savedAt: number
  /** Goes on to another place, in memory only. Call it when the views of everything before are saved. */
  move(continuation: Continuation, readTo: number): void
  /** Stores the place and renews the lease. It ends where another worker took it; what has ended is not stored. */
  save(): Promise<void>
  /** Stores the place and gives the lease up. */
  release(): Promise<void>
  /** Ends it without storing anything. */
  lose(): void
  /** Whether it is held at this moment; ends it when that cannot be relied on any more. */
  check(): boolean
}

/** Who takes leases, and for how long. */
export type LeaseTaker = {
  readonly leases: LeaseStore
  readonly clock: Clock
  readonly random: () => number
  readonly workerId: string
  /** How long a lease lasts from each save on: milliseconds. */
  readonly duration: number
}

/**
 * The part of a lease's duration in which its owner no longer relies on it, so that clocks may differ by as much before
 * two workers read one range. What they would then do twice is skipped by tidemark, so only time is lost.
 */
const SAFETY = 0.2

/**
 * Takes a lease, if it is still as it was seen. The place in it stays.
 *
 * @param seen the lease as it was read, or the document of one that is not there yet
 * @param note what its document tells of how the range is, with each save
 * @returns undefined when somebody else was first
 */
export async function takeLease(
  { leases, clock, random, workerId, duration }: LeaseTaker,
  seen: Stored<LeaseDocument> | LeaseDocument,
  note: () => LeaseNote,
): Promise<Lease | undefined> {
  // Tells a save of ours, whose answer was lost, from one of another life of this worker.
  const hold = Math.floor(random() * 2 ** 48).toString(36)
  const isStored = 'etag' in seen
  let stored = (isStored ? seen.document : seen) as LeaseDocument
  let etag = ''
  let savedAt = 0
  // Not while a save is under way, nor after one whose answer was lost: it may have stored an earlier place.
  let known = false
  const { id } = stored
  const ending = new AbortController()
  const ended = () => ending.signal.aborted

  const lasting = () => ({ owner: workerId, expiresAt: clock.now() + duration, duration, hold })
  const begun = { ...stored, ...lasting() }
  const first = await leases.save(begun, isStored ? { ifMatch: (seen as Stored<LeaseDocument>).etag } : 'ifAbsent')
  if (!accept(begun, first)) return undefined
  let place = { continuation: stored.continuation, readTo: stored.readTo }

  function accept(document: LeaseDocument, result: SaveResult): boolean {
    if (!result.saved) return false
    known = true
    stored = document
    etag = result.etag
    // From the time that others count from, which lies before the save.
    savedAt = document.owner === null ? savedAt : document.expiresAt - duration
    return true
  }

  const safeUntil = () => savedAt + duration * (1 - SAFETY)

  function check(): boolean {
    if (clock.now() >= safeUntil()) ending.abort()
    return !ended()
  }

  async function store(owner: () => Partial<LeaseDocument>): Promise<void> {
    while (check()) {
      known = false
      const document: LeaseDocument = { ...stored, ...place, ...note(), ...owner() }
      if (accept(document, await leases.save(document, { ifMatch: etag }))) return
      const found = await leases.get(id)
      if (found?.document.owner !== workerId || found.document.hold !== hold) return ending.abort()
      // An earlier save took place although its answer was lost.
      stored = found.document
      etag = found.etag
    }
  }

  // One save after the other: each needs the ETag of the one before.
  let last: Promise<void> = Promise.resolve()
  function queued(work: () => Promise<void>): Promise<void> {
    last = last.catch(() => {}).then(work)
    return last
  }

  return {
    id,
    ended: ending.signal,
    check,
    get continuation() {
      return place.continuation
    },
    get readTo() {
      return place.readTo
    },
    get incarnation() {
      return stored.incarnation
    },
    get safeUntil() {
      return safeUntil()
    },
    get expiresAt() {
      return stored.expiresAt
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
    save: () => queued(() => store(lasting)),
    release: () =>
      queued(async () => {
        try {
          await store(() => ({ owner: null, expiresAt: 0 }))
        } finally {
          ending.abort()
        }
      }),
    lose: () => ending.abort(),
  }
}

/**
 * The document of a lease that is not there yet: it starts from the finest one that holds the whole range, for that is
 * the one that was cut; else from the start of the feed.
 *
 * @param known the leases that are there
 */
export function firstLease(
  { name, version }: { readonly name: string; readonly version: number },
  range: FeedRange,
  known: readonly LeaseDocument[],
  incarnation: string,
): LeaseDocument {
  const wider = known.filter(
    (lease) =>
      lease.projection === name &&
      lease.version === version &&
      containsInterval(lease.range, range) &&
      !sameInterval(lease.range, range),
  )
  const parent = wider.reduce<LeaseDocument | undefined>(
    (finest, lease) => (finest === undefined || containsInterval(finest.range, lease.range) ? lease : finest),
    undefined,
  )
  const start = { continuation: null, readTo: 0, incarnation }
  const id = leaseId(name, version, range)
  return { ...(parent ?? start), id, projection: name, version, range, owner: null, expiresAt: 0 }
}
