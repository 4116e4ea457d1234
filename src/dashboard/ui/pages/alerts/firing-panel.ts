import type { VNode } from 'preact'
import type { AlertRow } from '../../../contract/topics.ts'
import { whyReadOnly } from '../../live/session.ts'
import { topic } from '../../live/topics.ts'
import { html } from '../../parts/html.ts'
import { Icon } from '../../parts/icon.ts'
import { SeverityStatus } from '../../parts/severity.ts'
import { Status } from '../../parts/status.ts'
import { Ago, Time } from '../../parts/times.ts'
import { Waiting } from '../../parts/waiting.ts'
import { hrefOf } from '../../shell/route.ts'
import { bySeverityAndStart } from './order.ts'
import { RunbookLink } from './runbook-link.ts'

/** What fires now. */
export function FiringPanel(): VNode {
  const { known, all } = topic('alerts')
  const alerts = [...all.value].sort(bySeverityAndStart)
  return html`<section class="panel" aria-labelledby="firing">
    <h2 id="firing">Firing</h2>
    ${
      !known.value
        ? html`<${Waiting} />`
        : alerts.length === 0
          ? html`<p class="empty">No alert is firing. A rule of which nothing is known does not fire either: such rules are marked below.</p>`
          : html`<ul class="entries">${alerts.map((alert) => html`<${AlertEntry} key=${alert.fingerprint} alert=${alert} />`)}</ul>`
    }
  </section>`
}

function AlertEntry({ alert }: { readonly alert: AlertRow }): VNode {
  const { severity, state, silenced, message, rule, subject, startedAt, incident, runbook } = alert
  return html`<li class="stack tight">
    <div class="row">
      <${SeverityStatus} severity=${severity} />
      ${state === 'flapping' && html`<${Status} tone="progress">Flapping<//>`}
      ${silenced && html`<span class="status muted"><${Icon} name="muted" />Silenced</span>`}
      <span class="row end">
        ${incident !== null && html`<a href=${hrefOf('incidents', [incident])}>Incident</a>`}
        <${RunbookLink} href=${runbook} />
        ${!silenced && whyReadOnly.value === null && html`<a href=${hrefOf('alerts', [], { silence: rule, subject: subject.id })}>Silence …</a>`}
      </span>
    </div>
    <p class="entry-title preserved">${message}</p>
    <p class="entry-facts"><span>${rule}</span><span>${subject.kind} <code>${subject.id}</code></span>
      <span>since <${Time} at=${startedAt} /> (<${Ago} at=${startedAt} />)</span></p>
  </li>`
}
