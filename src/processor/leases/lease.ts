import type { Continuation } from '../../core/port/change-feed.ts'
import type { LeaseDocument, LeaseStore } from '../../core/port/lease-store.ts'
import type { SaveResult, Stored } from '../../core/port/save.ts'
import type { WorkerRegistry } from './worker-registry.ts'

/** What a lease tells other workers of how its range is. */
export type LeaseNote = Pick<LeaseDocument, string>

/**
 * A worker's hold on a range for one projection version, and its checkpoint. It lasts as long as the worker's own
 * document is renewed, and is stored only when it is taken, moved or given up.
 */
export type Lease = {
  readonly id: string
  /** With what reading resumes; null at the start. */
  readonly continuation: Continuation | null
  readonly readTo: number
  /** The incarnation of the log that the checkpoint belongs to. */
  readonly incarnation: string
  /** Aborted once it is no longer held: another worker has it, it could have lapsed, or it was given up. */
  readonly ended: AbortSignal
  /** Whether the checkpoint differs from what is stored, or may. */
  readonly moved: boolean
  /** When it was stored last: milliseconds since 1970. */
  readonly savedAt: number
  /** Moves the checkpoint, in memory only. Call it when the views of everything before are saved. */
  move(continuation: Continuation, readTo: number): void
  /** Stores the checkpoint. The lease ends where another worker took it; what has ended is not stored. */
  save(): Promise<void>
  /** Stores the checkpoint and gives the lease up, unless another worker took it. */
  release(): Promise<void>
  /** Ends it without storing anything. */
  lose(): void
  /** Whether it is held at this moment; ends it when that cannot be relied on any more. */
  check(): boolean
  /** Whether a document of this lease was saved by someone else after this one took it. */
  isTakenIn(stored: Stored<LeaseDocument>): boolean
}

/** What taking a lease needs. */
export type LeaseTaker = {
  readonly leases: LeaseStore
  readonly random: () => number
  readonly registry: WorkerRegistry
  now(): number
}

/**
 * Takes a lease, if it is still as it was seen. Its checkpoint stays.
 *
 * @param seen the lease as it was read, or the document of one that is not there yet
 * @param note what its document tells of how the range is, with each save
 * @returns undefined when somebody else was first
 */
export async function takeLease(
  { leases, random, registry, now }: LeaseTaker,
  seen: Stored<LeaseDocument> | LeaseDocument,
  note: () => LeaseNote,
): Promise<Lease | undefined> {
  const { workerId, life, duration } = registry
  // Distinguishes a save of this hold whose response was lost from one made by an earlier hold of this worker.
  const hold = Math.floor(random() * 2 ** 48).toString(36)
  const isStored = 'etag' in seen
  const seenEtag = isStored ? (seen as Stored<LeaseDocument>).etag : undefined
  let stored = (isStored ? seen.document : seen) as LeaseDocument
  let etag = ''
  let savedAt = now()
  // Not while a save is under way, nor after one whose response was lost: it may have stored an earlier checkpoint.
  let known = false
  const { id } = stored
  const ending = new AbortController()
  let isTaken = false

  const held = () => ({ owner: workerId, life, hold, expiresAt: now() + duration, duration })
  const begun = { ...stored, ...held() }
  const first = await leases.save(begun, seenEtag === undefined ? 'ifAbsent' : { ifMatch: seenEtag })
  if (!accept(begun, first)) return undefined
  let place = { continuation: stored.continuation, readTo: stored.readTo }

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

  async function store(owner: () => Partial<LeaseDocument>, isAllowed: () => boolean): Promise<void> {
    while (isAllowed()) {
      known = false
      const document: LeaseDocument = { ...stored, ...place, ...note(), ...owner() }
      if (accept(document, await leases.save(document, { ifMatch: etag }))) return
      const found = await leases.get(id)
      if (found?.document.owner !== workerId || found.document.hold !== hold) {
        isTaken = true
        return ending.abort()
      }
      // An earlier save took place although its response was lost.
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
    get moved() {
      return !known || place.continuation !== stored.continuation || place.readTo !== stored.readTo
    },
    get savedAt() {
      return savedAt
    },
    move(continuation, readTo) {
      place = { continuation, readTo }
    },
    save: () => queued(() => store(held, check)),
    release: () =>
      queued(async () => {
        try {
          // Also after it could have lapsed: where nobody took it, the ETag is still the same.
          await store(
            () => ({ owner: null, expiresAt: 0 }),
            () => !isTaken,
          )
        } finally {
          ending.abort()
        }
      }),
    lose: () => ending.abort(),
    isTakenIn: ({ document, etag: found }) => document.hold !== hold && found !== seenEtag,
  }
}
