import type { Finding, VerifyReport } from '../../integrity/index.ts'
import { count } from '../support/count.ts'

/** A finding as one line: how bad it is, its code, where it is, and what it says. */
export function findingLine({ severity, code, message, streamId, version, block, view }: Finding): string {
  const event = streamId === undefined ? [] : [version === undefined ? streamId : `${streamId}@${version}`]
  const places = [...event, ...(view === undefined ? [] : [view]), ...(block === undefined ? [] : [`block ${block}`])]
  return `${LABELS[severity]} ${code}${places.length > 0 ? ` ${places.join(', ')}` : ''}: ${message}`
}

const LABELS: Readonly<Record<Finding['severity'], string>> = { tampered: 'TAMPERED', gap: 'GAP', notice: 'NOTICE' }

const RESULTS: Readonly<Record<VerifyReport['result'], string>> = {
  clean: 'CLEAN: the log is what was sealed',
  gaps: 'GAPS: nothing contradicts the chain, but not everything is proved',
  tampered: 'TAMPERED: the log or the chain is not what was sealed',
}

/** What a verification amounts to, in lines. @param outside what the chain was compared with */
export function summaryLines(report: VerifyReport, outside: string): readonly string[] {
  const { origin, size, events, compared, unsealed, erased, forgotten, branches, counts, findings } = report
  const refolded = branches.reduce((sum, branch) => sum + branch.refolded, 0)
  const unproven = branches.reduce((sum, branch) => sum + branch.unproven, 0)
  const found = Object.values(counts).reduce((sum, number) => sum + number, 0)
  return [
    ...(found > findings.length ? [`${count(found - findings.length, 'more finding')} of the same codes`] : []),
    `Chain ${origin}: ${count(size, 'block')} with ${count(events, 'event')}; ${count(compared, 'event')} compared, ${unsealed.toLocaleString('en')} not sealed yet`,
    ...(erased.streams > 0
      ? [`Erased: ${count(erased.events, 'event')} of ${count(erased.streams, 'deleted stream')}, last ${erased.last}`]
      : []),
    ...(forgotten.people > 0
      ? [`Forgotten: ${count(forgotten.people, 'person', 'people')}, last ${forgotten.last}`]
      : []),
    ...(refolded > 0 ? [`Computed again: ${count(refolded, 'view')}, ${unproven} of them unproven`] : []),
    `Compared with: ${outside}`,
    RESULTS[report.result],
  ]
}
