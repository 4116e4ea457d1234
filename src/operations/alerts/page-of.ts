import type { RuleName, Subject } from '../model/alert.ts'

const PAGES: { readonly [rule in RuleName]: string } = {
  StorageUnavailable: '#/storage',
  RangeStalled: '#/projections',
  RangeUnowned: '#/projections',
  LeasesUnreachable: '#/storage',
  InstanceLost: '#/activity',
  LagHigh: '#/projections',
  LagGrowing: '#/projections',
  SequenceParked: '#/parked',
  ParkStorm: '#/parked',
  Conflicts: '#/performance',
  Throttled: '#/performance',
  DiskNearlyFull: '#/storage',
  WalTooLarge: '#/storage',
  ClockSkew: '#/overview',
  EventLoop: '#/overview',
  LeaseChurn: '#/projections',
  SloBurn: '#/performance',
}

/** The page of the dashboard about an alert; for a projection or one of its ranges, that projection's. */
export function pageOf(rule: RuleName, subject?: Subject): string {
  const page = PAGES[rule]
  const isProjection = subject?.kind === 'projection' || subject?.kind === 'range'
  return isProjection && page === '#/projections' ? projectionPage(...versionIn(subject.id)) : page
}

/** The page of a projection's version: `#/projections/meter-overview/3`. */
export const projectionPage = (projection: string, version: number | string): string =>
  `#/projections/${encodeURIComponent(projection)}/${version}`

/** @param id `meter-overview:3`, or with a range after a space */
function versionIn(id: string): [projection: string, version: string] {
  const [text = ''] = id.split(/ (?=[^ ]+$)/)
  const end = text.lastIndexOf(':')
  return [text.slice(0, end), text.slice(end + 1)]
}
