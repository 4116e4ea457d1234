import type { Measure } from '../../support/measure.ts'
import { sealedAppends } from './append.ts'
import { forgetting } from './forget.ts'
import { plainProjection } from './project.ts'
import { sealedReads } from './read.ts'
import { sealing } from './seal.ts'

/** What personal data costs. */
export const privacyMeasures: readonly Measure[] = [sealedAppends, sealedReads, sealing, plainProjection, forgetting]
