import type { Measure } from '../support/measure.ts'
import { appendBatches } from './append-batches.ts'
import { appendConcurrent } from './append-concurrent.ts'
import { appendSequential } from './append-sequential.ts'
import { catchUpMeasure } from './catch-up.ts'
import { changeFeed } from './change-feed.ts'
import { commitToView } from './commit-to-view.ts'
import { cosmosAppend } from './cosmos-append.ts'
import { cosmosFeed } from './cosmos-feed.ts'
import { cosmosIdleWorker } from './cosmos-idle-worker.ts'
import { cosmosLoad } from './cosmos-load.ts'
import { cosmosOverhead } from './cosmos-overhead.ts'
import { cosmosViews } from './cosmos-views.ts'
import { handOver } from './hand-over.ts'
import { hotView } from './hot-view.ts'
import { idleWorker } from './idle-worker.ts'
import { mongoAppendOne } from './mongo-append-1.ts'
import { mongoAppendMany } from './mongo-append-64.ts'
import { mongoAppendProcesses } from './mongo-append-processes.ts'
import { mongoCommitToView } from './mongo-commit-to-view.ts'
import { mongoFeed } from './mongo-feed.ts'
import { mongoIdleWorker } from './mongo-idle-worker.ts'
import { mongoRead } from './mongo-read.ts'
import { project } from './project.ts'
import { projectParked } from './project-parked.ts'
import { readStream } from './read-stream.ts'
import { scaleMeasures } from './scale/index.ts'

/** Every measure, in the order of the table. */
export const measures: readonly Measure[] = [
  appendConcurrent,
  appendSequential,
  appendBatches,
  readStream,
  changeFeed,
  project,
  projectParked,
  catchUpMeasure,
  hotView,
  handOver,
  commitToView,
  idleWorker,
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
