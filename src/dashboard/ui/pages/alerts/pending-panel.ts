import type { VNode } from 'preact'
import { topic } from '../../live/topics.ts'
import { html } from '../../parts/html.ts'
import { SeverityStatus } from '../../parts/severity.ts'
import { Ago, Time } from '../../parts/times.ts'
import { Waiting } from '../../parts/waiting.ts'

/** What will fire unless it ends. */
export function PendingPanel(): VNode {
  const { known, all } = topic('pending')
  return html`<section class="panel" aria-labelledby="pending">
    <h2 id="pending">Pending</h2>
    ${
      !known.value
        ? html`<${Waiting} />`
        : all.value.length === 0
          ? html`<p class="empty">No condition holds that would fire if it lasted.</p>`
          : html`<ul class="entries">${all.value.map(
              ({
                fingerprint,
                severity,
                message,
                rule,
                since,
                firesAt,
              }) => html`<li key=${fingerprint} class="stack tight">
                <div class="row"><${SeverityStatus} severity=${severity} /><span class="end muted">fires at <${Time} at=${firesAt} /></span></div>
                <p class="entry-title preserved">${message}</p>
                <p class="entry-facts"><span>${rule}</span><span>for <${Ago} at=${since} /></span></p>
              </li>`,
            )}</ul>`
    }
  </section>`
}
