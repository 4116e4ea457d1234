import type { VNode } from 'preact'
import type { IncidentRow } from '../../../contract/topics.ts'
import { html } from '../../parts/html.ts'
import { SeverityStatus } from '../../parts/severity.ts'
import { Status } from '../../parts/status.ts'
import { Time } from '../../parts/times.ts'

/** The alerts that belong to an incident. */
export function IncidentAlerts({ alerts }: { readonly alerts: IncidentRow['alerts'] }): VNode {
  return html`<section class="panel" aria-labelledby="incident-alerts">
    <h2 id="incident-alerts">Alerts</h2>
    <ul class="entries">${alerts.map(
      ({
        fingerprint,
        rule,
        subject,
        state,
        severity,
        message,
        startedAt,
      }) => html`<li key=${fingerprint} class="stack tight">
        <div class="row">${
          state === 'resolved'
            ? html`<${Status} tone="ok" past>Resolved<//>`
            : html`<${SeverityStatus} severity=${severity} /><span class="muted">${state}</span>`
        }</div>
        <p class="preserved">${message}</p>
        <p class="entry-facts"><a href=${`#/alerts?rule=${rule}`}>${rule}</a><span>${subject.kind} <code>${subject.id}</code></span><span>since <${Time} at=${startedAt} /></span></p>
      </li>`,
    )}</ul>
  </section>`
}
