import type { Measure } from '../../support/measure.ts'
import { scaleCatchUp } from './catch-up.ts'
import { scaleHotStream } from './hot-stream.ts'
import { scaleHotView } from './hot-view.ts'
import { scaleIdle } from './idle.ts'

/** How cost grows with the work, mostly in counts and in virtual time, which are the same on every machine. */
export const scaleMeasures: readonly Measure[] = [scaleIdle, scaleHotView, scaleHotStream, scaleCatchUp]
