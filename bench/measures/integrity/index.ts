import type { Measure } from '../../support/measure.ts'
import { appendWithSealing } from './append-with-sealing.ts'
import { canonicalText } from './canonical-json.ts'
import { leaves } from './leaf.ts'
import { mining } from './mine.ts'
import { proofs } from './prove.ts'
import { sealedViews } from './seals.ts'
import { sinceHead } from './since.ts'
import { verification } from './verify.ts'

/** What a chain costs. */
export const integrityMeasures: readonly Measure[] = [
  canonicalText,
  leaves,
  verification,
  appendWithSealing,
  sinceHead,
  proofs,
  mining,
  sealedViews,
]
