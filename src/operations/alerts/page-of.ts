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
  const version = subject === undefined ? undefined : versionIn(subject)
  return version !== undefined && page === '#/projections' ? projectionPage(...version) : page
}

/** The page of a projection's version: `#/projections/meter-overview/3`. */
export const projectionPage = (projection: string, version: number | string): string =>
  `#/projections/${encodeURIComponent(projection)}/${version}`

function versionIn({ kind, id }: Subject): [projection: string, version: string] | undefined {
  if (kind !== 'projection' && kind !== 'range') return undefined
  const key = kind === 'range' ? id.slice(0, id.lastIndexOf(' ')) : id
  const end = key.lastIndexOf(':')
  return [key.slice(0, end), key.slice(end + 1)]
}
