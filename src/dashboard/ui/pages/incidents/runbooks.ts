import type { VNode } from 'preact'
import type { IncidentAnswer } from '../../../contract/requests.ts'
import { html } from '../../parts/html.ts'
import { Icon } from '../../parts/icon.ts'

/** What to do, step by step. */
export function Runbooks({ runbooks }: { readonly runbooks: IncidentAnswer['runbooks'] }): VNode {
  return html`<section class="panel" aria-labelledby="what-to-do">
    <h2 id="what-to-do">What to do</h2>
    ${runbooks.length === 0 && html`<p class="empty">There are no steps for these alerts.</p>`}
    <ul class="entries">${runbooks.map(
      ({ rule, title, steps, href }) => html`<li key=${rule} class="stack tight">
        <h3>${title}</h3>
        <ol class="steps">${steps.map((step) => html`<li key=${step}>${step}</li>`)}</ol>
        ${href.startsWith('#/') && html`<p><a class="button" href=${href}>Go there<${Icon} name="next" /></a></p>`}
      </li>`,
    )}</ul>
  </section>`
}
