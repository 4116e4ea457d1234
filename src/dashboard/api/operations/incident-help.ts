import { runbookOf } from '../../../operations/alerts/runbooks.ts'
import type { RuleName, Subject } from '../../../operations/model/alert.ts'
import type { Incident } from '../../../operations/model/incident.ts'
import type { IncidentAnswer } from '../../contract/requests.ts'

/** What to do about an incident: the runbook of each of its rules, once. */
export function runbooksOf({ alerts }: Pick<Incident, 'alerts'>): IncidentAnswer['runbooks'] {
  const byRule = new Map(alerts.map(({ rule, subject }) => [rule, subject] as const))
  return [...byRule].map(([rule, subject]) => {
    const { title, steps, href } = runbookOf(rule, subject)
    return { rule, title, steps, href }
  })
}

// The charts on which an alert of a rule can be seen.
const SERIES: { readonly [rule in RuleName]: readonly string[] } = {
  StorageUnavailable: ['ping'],
  RangeStalled: ['behind', 'oldest', 'folded'],
  RangeUnowned: ['behind', 'oldest', 'folded'],
  LeasesUnreachable: ['ping', 'folded'],
  InstanceLost: ['folded', 'cpu', 'memory'],
  LagHigh: ['oldest', 'behind', 'folded', 'appended'],
  LagGrowing: ['behind', 'folded', 'appended'],
  SequenceParked: ['parked'],
  ParkStorm: ['parked', 'folded'],
  Conflicts: ['appendConflicts', 'viewConflicts'],
  Throttled: ['throttled', 'requestUnits'],
  DiskNearlyFull: ['diskFree', 'bytes'],
  WalTooLarge: ['diskFree', 'bytes'],
  ClockSkew: [],
  EventLoop: ['eventLoop', 'cpu'],
  LeaseChurn: ['folded', 'behind'],
  SloBurn: ['oldest', 'failedRequests', 'request.p99'],
}

const OF_PROJECTIONS: ReadonlySet<string> = new Set(['behind', 'oldest'])
const MOST_SERIES = 12

/** The charts of an incident, those of its projections first. */
export function seriesOf({ alerts }: Pick<Incident, 'alerts'>): readonly string[] {
  const names = alerts.flatMap(({ rule, subject }) => SERIES[rule].flatMap((name) => namesFor(name, subject)))
  return [...new Set(names)].slice(0, MOST_SERIES)
}

function namesFor(name: string, { kind, id }: Subject): readonly string[] {
  if (!OF_PROJECTIONS.has(name) || (kind !== 'projection' && kind !== 'range')) return [name]
  return [`${name}{${id.split(' ')[0]}}`, name]
}
