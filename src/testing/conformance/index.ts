import { append } from './append.ts'
import { appendMatrix } from './append-matrix.ts'
import { appendRefusals } from './append-refusals.ts'
import { atomicity } from './atomicity.ts'
import type { ConformanceCase } from './case.ts'
import { changeFeed } from './change-feed.ts'
import { concurrency } from './concurrency.ts'
import { streamDeletion } from './delete-stream.ts'
import { deletion } from './deletion.ts'
import { feedWatching } from './feed-watching.ts'
import { leases } from './leases.ts'
import { linearizability } from './linearizability.ts'
import { logIdentity } from './log-identity.ts'
import { nesting } from './nesting.ts'
import { options } from './options.ts'
import { positions } from './positions.ts'
import { query } from './query.ts'
import { read } from './read.ts'
import { recordedAt } from './recorded-at.ts'
import { snapshots } from './snapshots.ts'
import { storage } from './storage.ts'
import { viewQueries } from './view-queries.ts'
import { views } from './views.ts'

export type { ConformanceAdapter, ConformanceCase, ConformanceContext } from './case.ts'
export { runConformanceCase } from './case.ts'

/**
 * All that the port promises, as cases that any test runner can run. With the one of Node, say:
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
 * Run it with one feed range and with several. Cases share nothing, so they may run at once where `cleanUp` knows its
 * own databases. The idea, one acceptance suite with a file for each operation, is SqlStreamStore's.
 */
export const conformanceSuite: readonly ConformanceCase[] = [
  ...append,
  ...appendMatrix,
  ...appendRefusals,
  ...atomicity,
  ...recordedAt,
  ...read,
  ...options,
  ...nesting,
  ...query,
  ...deletion,
  ...streamDeletion,
  ...positions,
  ...concurrency,
  ...linearizability,
  ...changeFeed,
  ...feedWatching,
  ...logIdentity,
  ...views,
  ...viewQueries,
  ...leases,
  ...snapshots,
  ...storage,
]
