import type { VNode } from 'preact'
import { topic } from '../../live/topics.ts'
import { html } from '../../parts/html.ts'
import { Waiting } from '../../parts/waiting.ts'
import { Availability } from './availability.ts'

/** In which days each service responded. */
export function AvailabilityPanel(): VNode {
  const row = topic('overview').row('now').value
  const services = row?.availability ?? []
  const days = services[0]?.days.length ?? 0
  return html`<section class="panel" aria-labelledby="availability">
    <div class="panel-head"><h2 id="availability">Availability</h2>${days > 0 && html`<span class="small muted">last ${days} days</span>`}</div>
    ${
      row === undefined
        ? html`<${Waiting} />`
        : services.length === 0
          ? html`<p class="empty">No day has been measured yet.</p>`
          : html`<div class="panel-body availability">${services.map((one) => html`<${Availability} key=${one.service} ...${one} />`)}</div>
            <p class="panel-note">A short grey bar is a day that was not measured.</p>`
    }
  </section>`
}
