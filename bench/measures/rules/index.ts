import type { Measure } from '../../support/measure.ts'
import { explain } from './explain.ts'

/** What rules cost. */
export const rulesMeasures: readonly Measure[] = [explain]
