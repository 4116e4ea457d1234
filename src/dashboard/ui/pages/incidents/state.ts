import type { VNode } from 'preact'
import type { IncidentRow } from '../../../contract/topics.ts'
import { html } from '../../parts/html.ts'
import { Status } from '../../parts/status.ts'

/** Whether an incident is being worked on, and by whom. */
export function IncidentState({ incident }: { readonly incident: IncidentRow }): VNode {
  const { state, acknowledgedBy } = incident
  if (state === 'resolved') return html`<${Status} tone="ok" past>Resolved<//>`
  if (state === 'acknowledged')
    return html`<${Status} tone="progress">Acknowledged by ${acknowledgedBy ?? 'a person'}<//>`
  return html`<${Status} tone="warning">Not acknowledged<//>`
}
