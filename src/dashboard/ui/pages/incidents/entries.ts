import type { VNode } from 'preact'
import type { IncidentRow } from '../../../contract/topics.ts'
import { html } from '../../parts/html.ts'
import { SeverityStatus } from '../../parts/severity.ts'
import { Ago, Time } from '../../parts/times.ts'
import { AckButton } from './ack-button.ts'
import { IncidentState } from './state.ts'

/** Incidents, each with what has to be known to take it up. */
export function IncidentEntries({ incidents }: { readonly incidents: readonly IncidentRow[] }): VNode {
  return html`<ul class="entries">${incidents.map(
    (incident) => html`<li key=${incident.id} class="stack tight">
      <div class="row"><${SeverityStatus} severity=${incident.severity} past=${incident.state === 'resolved'} /><${IncidentState} incident=${incident} />
        ${incident.state === 'open' && html`<span class="end"><${AckButton} id=${incident.id} /></span>`}</div>
      <a class="entry-title" href=${`#/incidents/${encodeURIComponent(incident.id)}`}>${incident.title}</a>
      <p class="entry-facts"><span>since <${Time} at=${incident.openedAt} /> (<${Ago} at=${incident.openedAt} />)</span>
        <span>${incident.alerts.length === 1 ? '1 alert' : `${incident.alerts.length} alerts`}</span></p>
    </li>`,
  )}</ul>`
}
