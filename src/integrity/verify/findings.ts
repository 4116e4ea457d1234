import { notify } from '../../core/async/callbacks.ts'
import type { Finding, FindingCode, Severity, VerifyReport } from './report.ts'

/** What a finding is about. */
export type FindingPlace = Pick<Finding, 'streamId' | 'version' | 'block' | 'view'>

/** Collects what a verification finds. */
export type Findings = {
  /** Reports a finding. @param severity by default that of its code */
  add(code: FindingCode, message: string, place?: FindingPlace, severity?: Severity): void
  /** The findings that are listed, the counts of all of them, and the verdict. */
  summary(): Pick<VerifyReport, 'result' | 'findings' | 'counts'>
}

// Of one code. A log that was tampered with as a whole would fill the memory otherwise.
const MOST_LISTED = 100

const GAPS: ReadonlySet<FindingCode> = new Set<FindingCode>([
  'anchorUnavailable',
  'branchStale',
  'eventUnsealed',
  'tombstoneUnsealed',
  'unanchored',
  'untrusted',
  'workMissing',
])

const severityOf = (code: FindingCode): Severity =>
  code === 'restarted' ? 'notice' : GAPS.has(code) ? 'gap' : 'tampered'

/** @param onFinding called for each finding; what it throws is ignored */
export function createFindings(onFinding?: (finding: Finding) => void): Findings {
  const counts: { [Code in FindingCode]?: number } = {}
  const findings: Finding[] = []
  let [isTampered, hasGaps] = [false, false]
  return {
    add(code, message, place = {}, severity = severityOf(code)) {
      const finding = { severity, code, message, ...place }
      const count = (counts[code] ?? 0) + 1
      counts[code] = count
      if (count <= MOST_LISTED) findings.push(finding)
      isTampered ||= severity === 'tampered'
      hasGaps ||= severity === 'gap'
      notify(onFinding, finding)
    },
    summary: () => ({ result: isTampered ? 'tampered' : hasGaps ? 'gaps' : 'clean', findings, counts }),
  }
}
