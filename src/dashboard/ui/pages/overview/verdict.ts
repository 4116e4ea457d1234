import type { VNode } from 'preact'
import type { OverviewRow } from '../../../contract/topics.ts'
import { measuredAt, stale } from '../../live/freshness.ts'
import { topic } from '../../live/topics.ts'
import { formatClock } from '../../parts/format.ts'
import { html } from '../../parts/html.ts'
import { Icon } from '../../parts/icon.ts'
import type { Tone } from '../../parts/status.ts'

const VERDICTS: { readonly [verdict in OverviewRow['verdict']]: { readonly tone: Tone; readonly word: string } } = {
  healthy: { tone: 'ok', word: 'Healthy' },
  degraded: { tone: 'warning', word: 'Degraded' },
  down: { tone: 'critical', word: 'Down' },
  unknown: { tone: 'unknown', word: 'Unknown' },
}

/** Whether all is well, why not, and what to do. */
export function Verdict(): VNode {
  const row = topic('overview').row('now').value
  if (row === undefined) {
    return html`<section class="verdict" data-tone="unknown" aria-label="State of the system">
      <${Icon} name="unknown" /><h2>Waiting for data</h2><p>Nothing has been received from the dashboard yet.</p>
    </section>`
  }
  const { tone, word } = VERDICTS[row.verdict]
  const old = stale.value
  return html`<section class="verdict" data-tone=${old ? 'unknown' : tone} aria-label="State of the system">
    <${Icon} name=${old ? 'unknown' : tone} />
    <h2>${old ? `Unknown: was ${word.toLowerCase()} at ${formatClock(measuredAt.value)}` : word}</h2>
    <p>${row.reason}${/[.!?]$/.test(row.reason) ? '' : '.'}</p>
    ${row.advice?.href.startsWith('#/') === true && html`<a class="button" href=${row.advice.href}>${row.advice.text}<${Icon} name="next" /></a>`}
  </section>`
}
