import type { Clock } from '../../core/clock.ts'
import { WorkerReplaced } from '../../core/errors/lease.ts'
import { WORKERS } from '../../core/leases/lease-owner.ts'
import type { LeaseDocument, LeaseStore } from '../../core/port/lease-store.ts'
import type { SaveCondition } from '../../core/port/save.ts'
import { fullInterval } from '../../core/positions/hash-interval.ts'
import type { ToldDetails } from '../workers/worker-details.ts'

/** A projection version, as workers list theirs. */
export const versionKey = ({ name, version }: { readonly name: string; readonly version: number }): string =>
  `${name}:${version}`

/** A worker's own document, its heartbeat. Its leases are valid as long as it is renewed. */
export type WorkerRegistry = {
  readonly workerId: string
  /** This life of the worker: another process with the same id has a different one. */
  readonly life: string
  /** For how long the document, and a lease, is valid after each save: milliseconds. */
  readonly duration: number
  /** From when on others may take this worker's leases: milliseconds since 1970. */
  readonly expiresAt: number
  /** Until when its leases can be relied on without another renewal, by its own clock: milliseconds since 1970. */
  readonly safeUntil: number
  /** Whether its leases can be relied on at this moment. */
  isSafe(): boolean
  /** The document as it was last stored, as far as this worker knows; undefined before that. */
  readonly document: LeaseDocument | undefined
  /**
   * Sends the heartbeat. @throws WorkerReplaced if another process took its id, what `registered` throws, and what the
   * store throws
   */
  renew(): Promise<void>
  /** Announces that the worker takes no more leases; it keeps those that it has until it releases them. */
  retire(): Promise<void>
  /**
   * Announces that the worker has left, so that others need not wait until its document expires.
   *
   * @param isLast whether no other worker is left to read the document, so that it can be removed
   */
  leave(isLast: boolean): Promise<void>
}

/**
 * The fraction of the duration in which a worker no longer relies on its leases. Clocks may differ by as much before
 * two workers read one range. Tidemarks skip what they would then do twice, so the cost is only time.
 */
const SAFETY = 0.2

/** The data that a worker registers with. */
export type RegistryOptions = {
  readonly leases: LeaseStore
  readonly clock: Clock
  readonly workerId: string
  readonly duration: number
  /** What it can run at present; see {@link versionKey}. */
  readonly projections: () => readonly string[]
  readonly incarnation: string
  /** What it tells about its process; read before each renewal. */
  readonly details: () => ToldDetails
  /**
   * Called once others can see this worker: when it registers, and again when its document was gone in the meantime,
   * for instance because another process with its id left. Nothing may be taken before it has resolved.
   */
  registered(): Promise<void>
}

/** Creates the registry entry of a worker; nothing is stored before it is renewed. */
export function createWorkerRegistry(options: RegistryOptions): WorkerRegistry {
  const { leases, clock, workerId, duration, projections, incarnation, details, registered } = options
  const id = `${WORKERS}:1:${workerId}`
  const life = crypto.randomUUID()
  let isRegistered = false
  let isTold = false
  let condition: SaveCondition | undefined
  let renewedAt = Number.NEGATIVE_INFINITY
  let renewals = 0
  let applied = 0
  let told: ToldDetails | undefined
  let document: LeaseDocument | undefined

  async function conditionNow(): Promise<SaveCondition> {
    const found = await leases.get(id)
    if (found === undefined) {
      isTold = false
      return 'ifAbsent'
    }
    // Before this worker is registered, the document belongs to an earlier process with the same id.
    if (isRegistered && found.document.life !== life) throw new WorkerReplaced(workerId)
    return { ifMatch: found.etag }
  }

  const documentAt = (expiresAt: number, versions: readonly string[] = projections()): LeaseDocument => ({
    id,
    projection: WORKERS,
    version: 1,
    range: fullInterval,
    owner: workerId,
    life,
    expiresAt,
    duration,
    projections: versions,
    continuation: null,
    readTo: 0,
    incarnation,
    ...told,
  })

  /** Changes the document, as long as it belongs to this life. */
  async function change(attempt: (etag: string, document: LeaseDocument) => Promise<boolean>): Promise<void> {
    for (;;) {
      const found = await leases.get(id)
      if (found?.document.life !== life || (await attempt(found.etag, found.document))) return
    }
  }

  const safeUntil = () => renewedAt + duration * (1 - SAFETY)

  return {
    workerId,
    life,
    duration,
    get expiresAt() {
      return renewedAt + duration
    },
    get safeUntil() {
      return safeUntil()
    },
    isSafe: () => clock.now() < safeUntil(),
    get document() {
      return document
    },

    async renew() {
      const renewal = ++renewals
      told = details()
      for (;;) {
        // Counted from before the save, as others count it.
        const now = clock.now()
        const given = condition ?? (await conditionNow())
        // Unknown until the response arrives, which may be lost.
        condition = undefined
        const renewed = documentAt(now + duration)
        const result = await leases.save(renewed, given)
        if (!result.saved) continue
        condition = { ifMatch: result.etag }
        isRegistered = true
        if (!isTold) await registered()
        isTold = true
        // A renewal that timed out may finish after a later one.
        if (renewal > applied) {
          renewedAt = now
          document = renewed
        }
        applied = Math.max(applied, renewal)
        return
      }
    },

    retire: () =>
      change(async (etag, { expiresAt }) => {
        return (await leases.save(documentAt(expiresAt, []), { ifMatch: etag })).saved
      }),

    leave: (isLast) =>
      change(async (etag) => {
        return isLast ? leases.remove(id, etag) : (await leases.save(documentAt(0, []), { ifMatch: etag })).saved
      }),
  }
}
