import type { Objectives } from '../slo/objectives.ts'
import type { Thresholds } from '../thresholds.ts'
import { clockSkew } from './clock-skew.ts'
import { conflicts, leaseChurn, throttled } from './contention.ts'
import { diskNearlyFull, walTooLarge } from './disk.ts'
import { eventLoop, instanceLost } from './instances.ts'
import { lagGrowing, lagHigh } from './lag.ts'
import { parkStorm, sequenceParked } from './parked.ts'
import { rangeStalled, rangeUnowned } from './ranges.ts'
import type { Rule } from './rule.ts'
import { sloBurn } from './slo-burn.ts'
import { leasesUnreachable, storageUnavailable } from './storage.ts'

/** What rules are made with. */
export type RuleSettings = {
  readonly thresholds: Thresholds
  readonly unownedAfter: number | undefined
  readonly objectives: Objectives
}

/** Creates all rules, in the order in which they are evaluated: the first one silences the others. */
export const createRules = ({ thresholds, unownedAfter, objectives }: RuleSettings): readonly Rule[] => [
  storageUnavailable(thresholds),
  leasesUnreachable(thresholds),
  rangeStalled(thresholds),
  rangeUnowned(unownedAfter),
  instanceLost(thresholds),
  lagHigh(thresholds),
  lagGrowing(thresholds),
  sequenceParked(thresholds),
  parkStorm(thresholds),
  conflicts(thresholds),
  throttled(thresholds),
  diskNearlyFull(thresholds),
  walTooLarge(thresholds),
  clockSkew(thresholds),
  eventLoop(thresholds),
  leaseChurn(thresholds),
  sloBurn(thresholds, objectives),
]
