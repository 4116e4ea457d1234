import type { Operation } from '../client/operation.ts'
import type { Handle } from '../handle.ts'
import { noteBatchAppends } from '../setup/storage-document.ts'
import { ProcedureUnusable } from './procedure.ts'

// Milliseconds for which procedures are left alone that are missing or denied; what else is wrong passes.
const AVOIDED = 600_000

/**
 * Does by stored procedure what it can, and by transactional batch what it cannot: a script may be missing, blocked by
 * the service, out of time or refused its units, while batches go on. The storage is told first that batches are used.
 *
 * @param byBatch undefined where a batch cannot do it
 */
export async function byProcedureOrBatch<T>(
  operation: Operation,
  handle: Handle,
  byProcedure: () => Promise<T>,
  byBatch: (() => Promise<T>) | undefined,
): Promise<T> {
  const { procedureState, timing, containers } = handle
  if (byBatch === undefined || timing.now() >= procedureState.avoidedUntil) {
    try {
      return await byProcedure()
    } catch (error) {
      if (byBatch === undefined || !(error instanceof ProcedureUnusable)) throw error
      const { fault } = error
      handle.fellBack(fault)
      await noteBatchAppends(operation, containers.leases)
      if (fault === 'missing' || fault === 'denied') procedureState.avoidedUntil = timing.now() + AVOIDED
    }
  }
  return byBatch()
}
