import { append } from './append/append.ts'
import { appendMatrix } from './append/append-matrix.ts'
import { appendRefusals } from './append/append-refusals.ts'
import { atomicity } from './append/atomicity.ts'
import { concurrency } from './append/concurrency.ts'
import { streamDeletion } from './append/delete-stream.ts'
import { deletion } from './append/deletion.ts'
import { linearizability } from './append/linearizability.ts'
import { nesting } from './append/nesting.ts'
import { recordedAt } from './append/recorded-at.ts'
import { stamps } from './append/stamps.ts'
import type { ConformanceCase } from './case.ts'
import { leases } from './documents/leases.ts'
import { removedViews } from './documents/removed-views.ts'
import { snapshots } from './documents/snapshots.ts'
import { viewCounts } from './documents/view-queries/counts.ts'
import { viewFilters } from './documents/view-queries/filters.ts'
import { viewIndexes } from './documents/view-queries/indexes.ts'
import { viewOrders } from './documents/view-queries/orders.ts'
import { viewPages } from './documents/view-queries/pages.ts'
import { viewSaves } from './documents/view-saves.ts'
import { views } from './documents/views.ts'
import { asWritten } from './feed/as-written.ts'
import { changeFeed } from './feed/change-feed.ts'
import { feedWatching } from './feed/feed-watching.ts'
import { logIdentity } from './feed/log-identity.ts'
import { positions } from './feed/positions.ts'
import { options } from './options.ts'
import { streamLists } from './reading/list-streams.ts'
import { query } from './reading/query.ts'
import { read } from './reading/read.ts'
import { storage } from './storage.ts'

export type { ConformanceAdapter, ConformanceCase, ConformanceContext } from './case.ts'
export { runConformanceCase } from './case.ts'

/**
 * All guarantees of the port, as cases that any test runner can run. With Node's own, for example:
 *
 * ```ts
 * import { test } from 'node:test'
 * import { conformanceSuite, runConformanceCase } from 'tidemark/testing'
 *
 * const adapter = {
 *   ranges: 1,
 *   open: ({ clock } = {}) => openMine(newDatabase(), { clock }),
 *   reopen: (port, options) => openMine(databaseOf(port), options),
 *   loseTail: (port, streamId, from) => restoreOlderCopy(databaseOf(port), streamId, from),
 *   cleanUp: () => dropDatabases(),
 * }
 * for (const one of conformanceSuite) test(`${one.group}: ${one.name}`, () => runConformanceCase(one, adapter))
 * ```
 *
 * Run it with one feed range and with several. Cases share nothing, so they may run concurrently if `cleanUp` knows its
 * own databases. The idea, one acceptance suite with a file for each operation, is SqlStreamStore's.
 */
export const conformanceSuite: readonly ConformanceCase[] = [
  ...append,
  ...appendMatrix,
  ...appendRefusals,
  ...atomicity,
  ...recordedAt,
  ...stamps,
  ...read,
  ...options,
  ...nesting,
  ...query,
  ...streamLists,
  ...deletion,
  ...streamDeletion,
  ...positions,
  ...concurrency,
  ...linearizability,
  ...changeFeed,
  ...asWritten,
  ...feedWatching,
  ...logIdentity,
  ...views,
  ...viewSaves,
  ...removedViews,
  ...viewFilters,
  ...viewOrders,
  ...viewPages,
  ...viewIndexes,
  ...viewCounts,
  ...leases,
  ...snapshots,
  ...storage,
]
