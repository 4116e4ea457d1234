import { DURATION_BOUNDARIES } from '../../../src/core/telemetry/durations.ts'
import type { InstanceReport } from '../../../src/operations/model/instance-report.ts'

/** A report of a process that has just started, at the beginning of 2026 unless it says otherwise. */
export function reportWith(some: Partial<InstanceReport> = {}): InstanceReport {
  return {
    id: 'api:1',
    kind: 'api',
    service: 'api',
    host: 'a',
    pid: 1,
    release: null,
    startedAt: '2026-01-01T00:00:00.000Z',
    reportedAt: '2026-01-01T00:00:00.000Z',
    every: 5_000,
    stoppedAt: null,
    load: { cpu: 0.5, delay: 3, over: 5_000 },
    memory: 1_000,
    totals: {},
    durations: {},
    ...some,
  }
}

/** Buckets with so many durations in the first ones. */
export const bucketsOf = (...first: readonly number[]) => ({
  boundaries: DURATION_BOUNDARIES,
  counts: Array.from({ length: DURATION_BOUNDARIES.length + 1 }, (_, i) => first[i] ?? 0),
})
