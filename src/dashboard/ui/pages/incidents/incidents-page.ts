import type { VNode } from 'preact'
import type { IncidentsAnswer } from '../../../contract/requests.ts'
import type { IncidentRow } from '../../../contract/topics.ts'
import { topic } from '../../live/topics.ts'
import { usePages } from '../../live/use-pages.ts'
import { formatDuration } from '../../parts/format.ts'
import { Heading } from '../../parts/heading.ts'
import { html } from '../../parts/html.ts'
import { SeverityStatus } from '../../parts/severity.ts'
import { Time } from '../../parts/times.ts'
import { Failure, Waiting } from '../../parts/waiting.ts'
import { hrefOf } from '../../shell/route.ts'
import { IncidentEntries } from './entries.ts'

/** What is wrong now, and what was. */
export function IncidentsPage(): VNode {
  const open = topic('incidents')
  const past = usePages(
    (before) => `incidents${before === null ? '' : `?${new URLSearchParams({ before })}`}`,
    ({ incidents, next }: IncidentsAnswer) => ({ rows: incidents, next }),
    open.keys.value.join(),
  )
  const resolved = past.rows.filter(({ state }) => state === 'resolved')
  const [last] = resolved
  return html`<div>
    <${Heading} title="Incidents" />
    <div class="stack">
      <section class="panel" aria-labelledby="open-incidents">
        <h2 id="open-incidents">Open</h2>
        ${
          !open.known.value
            ? html`<${Waiting} />`
            : open.all.value.length > 0
              ? html`<${IncidentEntries} incidents=${open.all.value} />`
              : html`<p class="empty">No incident is open. ${last !== undefined && html`The last one ended <${Time} at=${last.resolvedAt} />.`}</p>`
        }
      </section>
      <section class="panel" aria-labelledby="past-incidents">
        <h2 id="past-incidents">Resolved</h2>
        ${
          past.failure !== null
            ? html`<${Failure} what="Past incidents could not be read." failure=${past.failure} again=${past.again} />`
            : past.loading && resolved.length === 0
              ? html`<${Waiting} />`
              : resolved.length === 0
                ? html`<p class="empty">No incident has been resolved yet.</p>`
                : html`<${PastIncidents} incidents=${resolved} />`
        }
        ${past.more !== null && html`<p class="table-more"><button type="button" onClick=${past.more}>Show older ones</button></p>`}
      </section>
    </div>
  </div>`
}

function PastIncidents({ incidents }: { readonly incidents: readonly IncidentRow[] }): VNode {
  return html`<ul class="entries">${incidents.map(
    (incident) => html`<li key=${incident.id} class="stack tight">
      <div class="row"><${SeverityStatus} severity=${incident.severity} past /><a class="entry-title" href=${hrefOf('incidents', [incident.id])}>${incident.title}</a></div>
      <p class="entry-facts"><span>opened <${Time} at=${incident.openedAt} /></span><span>took ${formatDuration(durationOf(incident))}</span>
        ${incident.acknowledgedBy !== null && html`<span>acknowledged by ${incident.acknowledgedBy}</span>`}</p>
    </li>`,
  )}</ul>`
}

const durationOf = ({ openedAt, resolvedAt }: IncidentRow) =>
  resolvedAt === null ? null : Date.parse(resolvedAt) - Date.parse(openedAt)
