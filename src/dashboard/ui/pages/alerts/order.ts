import type { Severity } from '../../../../operations/model/alert.ts'

type Ordered = { readonly severity: Severity; readonly startedAt: string }

/** Critical alerts first, and among equals the newest. */
export function bySeverityAndStart(a: Ordered, b: Ordered): number {
  if (a.severity !== b.severity) return a.severity === 'critical' ? -1 : 1
  return a.startedAt < b.startedAt ? 1 : a.startedAt > b.startedAt ? -1 : 0
}
