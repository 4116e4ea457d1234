import { expect, it } from 'vitest'
import { DEFAULT_THRESHOLDS, type Thresholds } from '../../../../src/operations/alerts/thresholds.ts'
import type { RuleName } from '../../../../src/operations/model/alert.ts'
import { cases, runCase } from './support/cases.ts'
import { HOUR, MINUTE, SECOND } from './support/snapshots.ts'

// The cases of the rules must notice when a threshold is not what the design says.

const { lag, growing, storm, conflicts, throttled, disk, wal, skew, eventLoop } = DEFAULT_THRESHOLDS

const mutations: readonly [rule: RuleName, what: string, thresholds: Partial<Thresholds>][] = [
  ['StorageUnavailable', 'two failed pings', { failedPings: 2 }],
  ['StorageUnavailable', 'four failed pings', { failedPings: 4 }],
  ['RangeStalled', 'a shorter stall', { stalledFor: MINUTE - SECOND }],
  ['LeasesUnreachable', 'a longer time', { leasesFor: MINUTE + SECOND }],
  ['InstanceLost', 'more missed reports', { missedReports: 4 }],
  ['LagHigh', 'a higher age', { lag: { ...lag, warning: 62 * SECOND } }],
  ['LagHigh', 'a shorter time', { lag: { ...lag, warningFor: 4 * MINUTE } }],
  ['LagHigh', 'a higher critical age', { lag: { ...lag, critical: 602 * SECOND } }],
  ['LagHigh', 'a lower age to resolve at', { lag: { ...lag, calm: SECOND } }],
  ['LagGrowing', 'more events', { growing: { ...growing, least: 300 } }],
  ['LagGrowing', 'a longer time', { growing: { ...growing, warningFor: 16 * MINUTE } }],
  ['LagGrowing', 'a longer critical time', { growing: { ...growing, criticalFor: 61 * MINUTE } }],
  ['SequenceParked', 'a longer time', { parkedFor: HOUR + SECOND }],
  ['ParkStorm', 'more sequences', { storm: { ...storm, sequences: 11 } }],
  ['ParkStorm', 'a shorter time', { storm: { ...storm, within: 9 * SECOND } }],
  ['Conflicts', 'more appends', { conflicts: { ...conflicts, appends: 0.52 } }],
  ['Conflicts', 'more saves', { conflicts: { ...conflicts, views: 0.22 } }],
  ['Conflicts', 'a shorter time', { conflicts: { ...conflicts, for: 9 * MINUTE } }],
  ['Throttled', 'a higher share', { throttled: { ...throttled, warning: 0.07 } }],
  ['Throttled', 'a higher critical share', { throttled: { ...throttled, critical: 0.22 } }],
  ['Throttled', 'a lower share to resolve at', { throttled: { ...throttled, calm: 0.01 } }],
  ['DiskNearlyFull', 'less free', { disk: { ...disk, warning: 0.13 } }],
  ['DiskNearlyFull', 'less free to be critical', { disk: { ...disk, critical: 0.03 } }],
  ['DiskNearlyFull', 'more to resolve at', { disk: { ...disk, above: 0.04 } }],
  ['DiskNearlyFull', 'a shorter time until it is full', { disk: { ...disk, fullWithin: 19 * HOUR } }],
  ['WalTooLarge', 'a larger log', { wal: { ...wal, warning: 130_000_000 } }],
  ['WalTooLarge', 'a shorter time', { wal: { ...wal, for: 4 * MINUTE } }],
  ['ClockSkew', 'a larger skew', { skew: { ...skew, warning: 0.12 } }],
  ['ClockSkew', 'a larger critical skew', { skew: { ...skew, critical: 0.3 } }],
  ['EventLoop', 'a longer delay', { eventLoop: { ...eventLoop, warning: 202 } }],
  ['LeaseChurn', 'a shorter time', { churnWithin: 9 * MINUTE }],
]

it.each(mutations)('a case of %s notices %s', (rule, _, thresholds) => {
  const differs = cases
    .filter((one) => one.rule === rule)
    .some((one) => JSON.stringify(runCase(one, { thresholds })) !== JSON.stringify(runCase(one)))
  expect(differs).toBe(true)
})
