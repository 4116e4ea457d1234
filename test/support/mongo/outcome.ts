import type { Db } from 'mongodb'
import { expect } from 'vitest'
import type { StoragePort } from '../../../src/core/port/storage.ts'
import { checkLog, type Follower } from '../crash/check.ts'
import type { Acknowledged } from '../crash/killed-writer.ts'
import { totals, versions } from '../projecting/projections.ts'
import { plainFold, storedViews } from '../projecting/views.ts'
import { checkAgreement } from './agreement.ts'

/** All that must hold after a load under faults, when its views are caught up. */
export async function checkOutcome(
  storage: StoragePort,
  database: Db,
  follower: Follower,
  acknowledged: readonly Acknowledged[],
): Promise<void> {
  await follower.read()
  await checkLog(storage, follower, acknowledged)
  const events = acknowledged.reduce((sum, { count }) => sum + count, 0)
  expect(follower.seen, 'each acknowledged event once, and nothing else').toHaveLength(events)
  await checkAgreement(database)
  for (const projection of [versions, totals]) {
    expect(await storedViews(storage, projection)).toEqual(await plainFold(storage, projection))
  }
  expect((await storedViews(storage, totals)).get('all')).toMatchObject({ events })
}
