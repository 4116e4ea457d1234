import type { Measure } from '../support/measure.ts'
import { cosmosAppend } from './cosmos/append.ts'
import { cosmosFeed } from './cosmos/feed.ts'
import { cosmosIdleWorker } from './cosmos/idle-worker.ts'
import { cosmosLoad } from './cosmos/load.ts'
import { cosmosOverhead } from './cosmos/overhead.ts'
import { cosmosViews } from './cosmos/views.ts'
import { appendBatches } from './embedded/append-batches.ts'
import { appendConcurrent } from './embedded/append-concurrent.ts'
import { appendSequential } from './embedded/append-sequential.ts'
import { catchUpMeasure } from './embedded/catch-up.ts'
import { changeFeed } from './embedded/change-feed.ts'
import { commitToView } from './embedded/commit-to-view.ts'
import { handOver } from './embedded/hand-over.ts'
import { hotView } from './embedded/hot-view.ts'
import { idleWorker } from './embedded/idle-worker.ts'
import { project } from './embedded/project.ts'
import { projectParked } from './embedded/project-parked.ts'
import { readStream } from './embedded/read-stream.ts'
import { uniqueValues } from './embedded/unique.ts'
import { viewQuery } from './embedded/view-query.ts'
import { integrityMeasures } from './integrity/index.ts'
import { messagingMeasures } from './messaging/index.ts'
import { mongoAppendOne } from './mongo/append-1.ts'
import { mongoAppendMany } from './mongo/append-64.ts'
import { mongoAppendProcesses } from './mongo/append-processes.ts'
import { mongoCommitToView } from './mongo/commit-to-view.ts'
import { mongoFeed } from './mongo/feed.ts'
import { mongoIdleWorker } from './mongo/idle-worker.ts'
import { mongoRead } from './mongo/read.ts'
import { packageStart } from './package/start.ts'
import { privacyMeasures } from './privacy/index.ts'
import { rulesMeasures } from './rules/index.ts'
import { scaleMeasures } from './scale/index.ts'

/** Every measure, in the order of the table. */
export const measures: readonly Measure[] = [
  appendConcurrent,
  appendSequential,
  appendBatches,
  uniqueValues,
  readStream,
  viewQuery,
  changeFeed,
  project,
  projectParked,
  catchUpMeasure,
  hotView,
  handOver,
  commitToView,
  idleWorker,
  ...privacyMeasures,
  ...integrityMeasures,
  ...messagingMeasures,
  ...rulesMeasures,
  packageStart,
  cosmosAppend,
  cosmosLoad,
  cosmosFeed,
  cosmosViews,
  cosmosIdleWorker,
  cosmosOverhead,
  mongoAppendOne,
  mongoAppendMany,
  mongoAppendProcesses,
  mongoRead,
  mongoFeed,
  mongoCommitToView,
  mongoIdleWorker,
  ...scaleMeasures,
]
