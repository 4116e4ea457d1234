import type { PrivacyRow } from '../../../contract/topics.ts'
import { topic } from '../../live/topics.ts'
import { formatCount } from '../../parts/format.ts'
import { Heading } from '../../parts/heading.ts'
import { html } from '../../parts/html.ts'
import { Trouble } from '../../parts/panels/trouble.ts'
import { Status, type Tone } from '../../parts/status.ts'
import { Time } from '../../parts/times.ts'
import { Tiles } from '../../parts/values/facts.ts'
import { visibleText } from '../../parts/values/visible-text.ts'
import type { PageComponent } from '../page.ts'

const TONES: { readonly [state in PrivacyRow['state']]: Tone } = { ok: 'ok', late: 'critical', unknown: 'unknown' }

/** Whether those who were forgotten are forgotten everywhere. It names no one. */
export const Page: PageComponent = () => {
  const row = topic('privacy').row('vault').value
  if (row === undefined) {
    return html`<${Heading} title="Privacy" /><p class="page-empty">Nothing is known of the vault yet.</p>`
  }
  const tone = TONES[row.state]
  return html`
    <${Heading} title="Privacy"><${Status} tone=${tone}>${row.state}<//><//>
    <div class="stack">
      ${
        row.state === 'ok'
          ? html`<p class="lead">${visibleText(row.detail)}</p>`
          : html`<${Trouble} tone=${tone} title=${visibleText(row.detail)}><p>${
              row.state === 'late'
                ? 'A key is deleted, but traces of the person are still to be removed. Workers retry by themselves: read their log for the cause.'
                : 'The keys cannot be read now. This says nothing about whether anybody was forgotten.'
            }</p><//>`
      }
      <${Tiles} facts=${[
        ['People forgotten', formatCount(row.forgotten)],
        ['People with work left to do', formatCount(row.pending)],
        ['Late since', row.lateSince === null ? '–' : html`<${Time} at=${row.lateSince} />`],
      ]} />
      <p class="muted">This page shows numbers only. It names no one, and the dashboard never decrypts anything.</p>
    </div>
  `
}
