import type { VNode } from 'preact'
import { useEffect } from 'preact/hooks'
import type { IncidentAnswer } from '../../../contract/requests.ts'
import { apiPath } from '../../live/request.ts'
import { topic } from '../../live/topics.ts'
import { useRequest } from '../../live/use-request.ts'
import { formatDuration } from '../../parts/format.ts'
import { Heading } from '../../parts/heading.ts'
import { html } from '../../parts/html.ts'
import { SeverityStatus } from '../../parts/severity.ts'
import { Ago, Time } from '../../parts/times.ts'
import { Failure, Waiting } from '../../parts/waiting.ts'
import { IncidentActs } from './incident-acts.ts'
import { IncidentAlerts } from './incident-alerts.ts'
import { IncidentCharts } from './incident-charts.ts'
import { Runbooks } from './runbooks.ts'
import { IncidentState } from './state.ts'
import { Timeline } from './timeline.ts'

const CRUMBS = [{ text: 'Incidents', href: '#/incidents' }]

/** One incident: what happened, what to do, and how the numbers went. */
export function IncidentPage({ id }: { readonly id: string }): VNode {
  const { state, again } = useRequest<IncidentAnswer>(apiPath('incidents', id))
  const live = topic('incidents').row(id).value
  // The row is sent when anything about the incident changes; its history has to be asked for.
  useEffect(again, [live])
  const { answer: incident, failure } = state.value
  if (incident === null) {
    return html`<div><${Heading} title="Incident" crumbs=${CRUMBS} />
      ${failure === null ? html`<${Waiting} />` : html`<${Failure} what="The incident could not be read." failure=${failure} again=${again} />`}
    </div>`
  }
  return html`<div>
    <${Heading} title=${incident.title} crumbs=${CRUMBS} />
    <div class="stack">
      <section class="panel panel-body stack tight" aria-label="State">
        <div class="row">
          <${SeverityStatus} severity=${incident.severity} past=${incident.state === 'resolved'} /><${IncidentState} incident=${incident} />
        </div>
        <p class="entry-facts"><span>opened <${Time} at=${incident.openedAt} /></span>${
          incident.resolvedAt === null
            ? html`<span>for <${Ago} at=${incident.openedAt} /></span>`
            : html`<span>resolved <${Time} at=${incident.resolvedAt} /></span><span>took ${formatDuration(Date.parse(incident.resolvedAt) - Date.parse(incident.openedAt))}</span>`
        }</p>
        <${IncidentActs} incident=${incident} done=${again} />
      </section>
      <div class="columns main-aside">
        <div class="stack"><${Runbooks} runbooks=${incident.runbooks} /><${IncidentAlerts} alerts=${incident.alerts} /></div>
        <${Timeline} entries=${incident.timeline} />
      </div>
      <${IncidentCharts} names=${incident.series} openedAt=${incident.openedAt} resolvedAt=${incident.resolvedAt} />
    </div>
  </div>`
}
