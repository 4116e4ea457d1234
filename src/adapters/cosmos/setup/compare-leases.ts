import { randomUUID } from 'node:crypto'
import { furthestPlaces } from '../../../core/adapters/lease-checkpoints.ts'
import { concurrently } from '../../../core/async/concurrently.ts'
import type { LeaseDocument } from '../../../core/port/lease-store.ts'
import { isOlderLog } from '../../../core/positions/log-identity.ts'
import type { Operation } from '../client/operation.ts'
import { assertHolds } from '../feed/log-identity.ts'
import type { Handle } from '../handle.ts'
import { partitionQueries } from '../partitions/partition-queries.ts'
import { changeStorageDocument, STORAGE_ID } from './storage-document.ts'

const AT_ONCE = 8

/**
 * Compares the furthest lease of each range with the log.
 *
 * @param accept whether a log that is older than they are gets a new incarnation
 * @returns the incarnation afterwards
 * @throws LogDiverged
 */
export async function compareLeases(
  operation: Operation,
  handle: Pick<Handle, 'containers' | 'eventsRid' | 'incarnation'>,
  accept: boolean,
): Promise<string> {
  const { containers, eventsRid, incarnation } = handle
  const query = {
    query: 'SELECT c.id, c.range, c.readTo, c.continuation, c.incarnation FROM c WHERE c.id != @storage',
    parameters: [{ name: '@storage', value: STORAGE_ID }],
  }
  const leases = (await partitionQueries(containers.leases).each<LeaseDocument>(operation, query)).flat()
  // Workers register with documents without a range.
  const places = furthestPlaces(
    leases.filter(({ range, continuation }) => range && typeof continuation === 'string'),
    incarnation,
  )
  try {
    await concurrently(AT_ONCE, places, async ({ leaseId, last }) => {
      await assertHolds(operation, handle, `Lease ${leaseId}`, last)
    })
    return incarnation
  } catch (error) {
    if (!accept || !isOlderLog(error)) throw error
  }
  const { seed } = await changeStorageDocument(operation, containers.leases, (document) =>
    // Another process may have accepted it already.
    incarnationOf(document.seed, eventsRid) === incarnation ? { ...document, seed: randomUUID() } : document,
  )
  return incarnationOf(seed, eventsRid)
}

/** A container that was created again, or restored, has another _rid, even if the storage's document is the old one. */
export const incarnationOf = (seed: string, eventsRid: string): string => `${seed}.${eventsRid}`
