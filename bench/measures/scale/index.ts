import type { Measure } from '../../support/measure.ts'
import { scaleCatchUp } from './catch-up.ts'
import { scaleDeadWorker } from './dead-worker.ts'
import { scaleFold } from './fold.ts'
import { scaleHotStream } from './hot-stream.ts'
import { scaleHotView } from './hot-view.ts'
import { scaleIdle } from './idle.ts'
import { scaleLargest } from './largest.ts'
import { scaleLongStream } from './long-stream.ts'
import { scaleSession } from './session.ts'
import { scaleStatus } from './status.ts'
import { scaleWakes } from './wakes.ts'

/** How cost grows with the work, mostly in counts and in virtual time, which are the same on every machine. */
export const scaleMeasures: readonly Measure[] = [
  scaleIdle,
  scaleDeadWorker,
  scaleStatus,
  scaleFold,
  scaleHotView,
  scaleHotStream,
  scaleCatchUp,
  scaleLongStream,
  scaleWakes,
  scaleSession,
  scaleLargest,
]
