import type { Operation } from '../client/operation.ts'
import type { Handle } from '../handle.ts'
import { noteBatchAppends } from '../setup/storage-document.ts'
import { ProcedureUnusable } from './procedure.ts'

// Milliseconds for which missing or denied procedures are not tried again; other faults are temporary.
const AVOIDED = 600_000

/**
 * Uses a stored procedure if possible, and otherwise a transactional batch: a script may be missing, blocked by the
 * service, out of time or refused its units, while batches still work. It is first recorded in the storage that batches
 * are used.
 *
 * @param byBatch undefined if a batch cannot do it
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
