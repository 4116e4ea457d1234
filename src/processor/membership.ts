import { fullInterval } from '../core/hash-interval.ts'
import type { LeaseDocument } from '../core/port/lease-store.ts'
import type { SaveCondition } from '../core/port/save.ts'
import type { LeaseTaker } from './lease.ts'

/**
 * The reserved projection under which each worker that runs keeps a document among the leases: who it is, which
 * projection versions it has, and until when it is to be taken for alive. No projection can take this name.
 */
export const WORKERS = '$workers'

/** A projection version, as workers list theirs. */
export const versionKey = ({ name, version }: { readonly name: string; readonly version: number }): string =>
  `${name}:${version}`

/** A worker's own document. */
export type Membership = {
  /** Says that the worker is alive, unless it said so less than `every` milliseconds ago. */
  renew(every: number): Promise<void>
  /** Takes the document away. */
  leave(): Promise<void>
}

/** Makes a worker's membership; nothing is stored before it is renewed. */
export function createMembership(
  { leases, clock, workerId, duration }: LeaseTaker,
  projections: readonly string[],
  incarnation: string,
): Membership {
  const id = `${WORKERS}:1:${workerId}`
  let condition: SaveCondition | undefined
  let renewedAt = Number.NEGATIVE_INFINITY

  async function current(): Promise<SaveCondition> {
    const found = await leases.get(id)
    return found ? { ifMatch: found.etag } : 'ifAbsent'
  }

  return {
    async renew(every) {
      const now = clock.now()
      // A clock that was set back must not keep the worker silent.
      if (now - renewedAt < every && now >= renewedAt) return
      const document: LeaseDocument = {
        id,
        projection: WORKERS,
        version: 1,
        range: fullInterval,
        owner: workerId,
        expiresAt: now + duration,
        duration,
        projections,
        continuation: null,
        readTo: 0,
        incarnation,
      }
      condition ??= await current()
      const result = await leases.save(document, condition)
      // Nobody else writes it but who takes it away, and a save of ours whose answer was lost.
      condition = result.saved ? { ifMatch: result.etag } : undefined
      if (result.saved) renewedAt = now
    },

    async leave() {
      const found = await leases.get(id)
      if (found) await leases.remove(id, found.etag)
    },
  }
}
