import type { Continuation } from '../../core/port/change-feed.ts'
import type { LeaseDocument, LeaseStore } from '../../core/port/lease-store.ts'
import type { SaveResult, Stored } from '../../core/port/save.ts'
import type { WorkerRegistry } from './worker-registry.ts'

/** What a lease reports to other workers about the state of its range. */
export type LeaseNote = Pick<LeaseDocument, string>

/** A checkpoint, and the incarnation of the log that it belongs to. */
export type LeasePlace = Pick<LeaseDocument, 'continuation' | 'readTo' | 'incarnation'>

/**
 * A worker's ownership of a range for one projection version, and its checkpoint. It is valid as long as the worker's
 * own document is renewed, and is stored only when it is taken, moved or released.
 */
export type Lease = {
  readonly id: string
  /** From where reading resumes; null at the start. */
  readonly continuation: Continuation | null
  readonly readTo: number
  /** The incarnation of the log that the checkpoint belongs to. */
  readonly incarnation: string
  /** Whether its previous owner did not release it: the process of that one may have been killed. */
  readonly isAbandoned: boolean
  /** The state of its range that its previous owner stored, which others see until this one stores another. */
  readonly stateBefore: unknown
  /** Aborted once it is no longer owned: another worker took it, it may have expired, or it was released. */
  readonly ended: AbortSignal
  /** Whether it ended because another worker took it although it had not expired, as load balancing does. */
  readonly isYielded: boolean
  /** Whether the checkpoint differs from what is stored, or may. */
  readonly moved: boolean
  /** When it was last stored: milliseconds since 1970. */
  readonly savedAt: number
  /** Moves the checkpoint, in memory only. Call it when the views of everything before are saved. */
  move(continuation: Continuation, readTo: number): void
  /** Moves the checkpoint to where reading begins, in memory only, whatever log it was of. */
  begin(place: LeasePlace): void
  /** Stores the checkpoint. Ends the lease if another worker took it; a lease that has ended is not stored. */
  save(): Promise<void>
  /** Stores the checkpoint and releases the lease, unless another worker took it. */
  release(): Promise<void>
  /** Ends it without storing anything. */
  lose(): void
  /** Ends it because another worker took it, or an operator released it; `owner` is who has it now. */
  yieldTo(owner: string | null): void
  /** Whether it is owned at this moment; ends it if that is no longer certain. */
  check(): boolean
  /** Whether a document of this lease was saved by another process after this one took it. */
  isTakenIn(stored: Stored<LeaseDocument>): boolean
}

/** What taking a lease requires. */
export type LeaseTaker = {
  readonly leases: LeaseStore
  readonly random: () => number
  readonly registry: WorkerRegistry
  now(): number
}

/**
 * Takes a lease, if it is still in the state that was seen. Its checkpoint stays.
 *
 * @param seen the lease as it was read, or the initial document of one that does not exist yet
 * @param note returns what its document reports about the range, at each save
 * @returns undefined if another worker was first
 */
export async function takeLease(
  { leases, random, registry, now }: LeaseTaker,
  seen: Stored<LeaseDocument> | LeaseDocument,
  note: () => LeaseNote,
): Promise<Lease | undefined> {
  const { workerId, life, duration } = registry
  // Distinguishes a save of this ownership whose response was lost from one made by an earlier ownership of this
  // worker.
  const hold = Math.floor(random() * 2 ** 48).toString(36)
  const isStored = 'etag' in seen
  const seenEtag = isStored ? (seen as Stored<LeaseDocument>).etag : undefined
  let stored = (isStored ? seen.document : seen) as LeaseDocument
  const isAbandoned = stored.owner !== null
  const stateBefore = stored.state
  let etag = ''
  let savedAt = now()
  // Not during a save, nor after one whose response was lost: it may have stored an earlier checkpoint.
  let known = false
  const { id } = stored
  const ending = new AbortController()
  let isTaken = false
  let isYielded = false

  const held = () => ({ owner: workerId, life, hold, expiresAt: now() + duration, duration })
  const begun = { ...stored, ...held() }
  const first = await leases.save(begun, seenEtag === undefined ? 'ifAbsent' : { ifMatch: seenEtag })
  if (!accept(begun, first)) return undefined
  const { continuation, readTo, incarnation } = stored
  let place: LeasePlace = { continuation, readTo, incarnation }

  function accept(document: LeaseDocument, result: SaveResult): boolean {
    if (!result.saved) return false
    known = true
    stored = document
    etag = result.etag
    savedAt = now()
    return true
  }

  function check(): boolean {
    if (!registry.isSafe()) ending.abort()
    return !ending.signal.aborted
  }

  function yieldTo(owner: string | null): void {
    if (check() && owner !== workerId) isYielded = true
    ending.abort()
  }

  async function store(owner: () => Partial<LeaseDocument>, isAllowed: () => boolean): Promise<void> {
    while (isAllowed()) {
      known = false
      // The next owner may be of a release that keeps fields which it does not know.
      const document: LeaseDocument = { ...stored, ...place, ...note(), notedBy: hold, ...owner() }
      if (accept(document, await leases.save(document, { ifMatch: etag }))) return
      const found = await leases.get(id)
      if (found?.document.owner !== workerId || found.document.hold !== hold) {
        isTaken = true
        return yieldTo(found?.document.owner ?? null)
      }
      // An earlier save succeeded although its response was lost.
      stored = found.document
      etag = found.etag
    }
  }

  // One save after the other, because each needs the ETag of the previous one.
  let last: Promise<void> = Promise.resolve()
  function queued(work: () => Promise<void>): Promise<void> {
    last = last.catch(() => {}).then(work)
    return last
  }

  return {
    id,
    isAbandoned,
    stateBefore,
    ended: ending.signal,
    check,
    get isYielded() {
      return isYielded
    },
    get continuation() {
      return place.continuation
    },
    get readTo() {
      return place.readTo
    },
    get incarnation() {
      return place.incarnation
    },
    get moved() {
      return !known || place.continuation !== stored.continuation || place.readTo !== stored.readTo
    },
    get savedAt() {
      return savedAt
    },
    move(continuation, readTo) {
      place = { ...place, continuation, readTo }
    },
    begin(next) {
      place = next
    },
    save: () => queued(() => store(held, check)),
    release: () =>
      queued(async () => {
        try {
          // Also after it may have expired: if no other worker took it, the ETag is unchanged.
          await store(
            () => ({ owner: null, expiresAt: 0 }),
            () => !isTaken,
          )
        } finally {
          ending.abort()
        }
      }),
    lose: () => ending.abort(),
    yieldTo,
    isTakenIn: ({ document, etag: found }) => document.hold !== hold && found !== seenEtag,
  }
}
