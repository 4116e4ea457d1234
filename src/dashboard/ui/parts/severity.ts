import type { VNode } from 'preact'
import type { Severity } from '../../../operations/model/alert.ts'
import { html } from './html.ts'
import { Status } from './status.ts'

/** How severe an alert or an incident is. */
export function SeverityStatus({
  severity,
  past = false,
}: {
  readonly severity: Severity
  readonly past?: boolean
}): VNode {
  return html`<${Status} tone=${severity} past=${past}>${severity === 'critical' ? 'Critical' : 'Warning'}<//>`
}
