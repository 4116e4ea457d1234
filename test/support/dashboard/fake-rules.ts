import type { RuleName, Severity } from '../../../src/operations/model/alert.ts'

type FakeRule = readonly [rule: RuleName, description: string, fires: string, clears: string, severity: Severity]

/** The rules of the design, as the pages list them. */
export const RULES: readonly FakeRule[] = [
  ['StorageUnavailable', 'The storage does not answer.', '3 pings fail', '2 pings succeed', 'critical'],
  ['RangeStalled', 'A range makes no progress though events wait.', '1 min', 'it moves on', 'critical'],
  ['RangeUnowned', 'No worker reads a range.', 'longer than unownedAfter', 'a worker reads it', 'critical'],
  ['LeasesUnreachable', 'Leases cannot be read.', '1 min', 'they can be read', 'critical'],
  ['InstanceLost', 'A process ended without saying so.', 'its lease ended', 'it is back', 'warning'],
  ['LagHigh', 'The oldest event waits for long.', '> 60 s for 5 min; > 10 min', '< 30 s', 'critical'],
  ['LagGrowing', 'More and more events wait.', 'rises for 15 min; 1 h', 'falls', 'critical'],
  ['SequenceParked', 'Sequences are parked.', '> 0; then for 1 h', '0', 'critical'],
  ['ParkStorm', 'Many sequences are parked at once.', '10 in 10 s', '0', 'critical'],
  ['Conflicts', 'Many writers lose to others.', 'append > 0.5, view > 0.2, 10 min', 'half of it', 'warning'],
  ['Throttled', 'The database throttles requests.', '429 > 5% for 5 min; > 20%', '< 2%', 'critical'],
  ['DiskNearlyFull', 'The disk has little room.', 'free < 15% or full in 24 h; < 5%', '3% more', 'critical'],
  ['WalTooLarge', 'A write-ahead log is too large.', '> 128 MB for 5 min', '< 64 MB', 'warning'],
  ['ClockSkew', 'Clocks differ.', '> lease/10; > lease/5', 'half of it', 'critical'],
  ['EventLoop', 'An event loop is blocked.', 'p99 > 200 ms for 1 min', 'half of it', 'warning'],
  ['LeaseChurn', 'Leases are lost.', 'any in 10 min', 'none', 'warning'],
  ['SloBurn', 'The error budget is spent too fast.', '14.4x, 6x, 1x', 'short window', 'critical'],
]
