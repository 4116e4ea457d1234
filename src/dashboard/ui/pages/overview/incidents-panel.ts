import type { VNode } from 'preact'
import type { IncidentsAnswer } from '../../../contract/requests.ts'
import { topic } from '../../live/topics.ts'
import { useRequest } from '../../live/use-request.ts'
import { html } from '../../parts/html.ts'
import { Time } from '../../parts/times.ts'
import { Waiting } from '../../parts/waiting.ts'
import { IncidentEntries } from '../incidents/entries.ts'

/** What is wrong now. */
export function IncidentsPanel(): VNode {
  const { known, all } = topic('incidents')
  return html`<section class="panel" aria-labelledby="open-incidents">
    <div class="panel-head"><h2 id="open-incidents">Open incidents</h2><a href="#/incidents">All incidents</a></div>
    ${!known.value ? html`<${Waiting} />` : all.value.length === 0 ? html`<${NoIncident} />` : html`<${IncidentEntries} incidents=${all.value} />`}
  </section>`
}

function NoIncident(): VNode {
  const last = useRequest<IncidentsAnswer>('incidents').state.value.answer?.incidents.find(
    ({ resolvedAt }) => resolvedAt !== null,
  )
  return html`<p class="empty">No incident is open. ${
    last !== undefined &&
    html`The last one, <a href=${`#/incidents/${encodeURIComponent(last.id)}`}>${last.title}</a>, ended <${Time} at=${last.resolvedAt} />.`
  }</p>`
}
