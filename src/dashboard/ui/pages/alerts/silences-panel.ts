import type { VNode } from 'preact'
import type { Silence } from '../../../../operations/model/alert.ts'
import { serverNow } from '../../live/freshness.ts'
import { apiPath, post } from '../../live/request.ts'
import { whyReadOnly } from '../../live/session.ts'
import { topic } from '../../live/topics.ts'
import { useAct } from '../../live/use-act.ts'
import { html } from '../../parts/html.ts'
import { Time } from '../../parts/times.ts'
import { Waiting } from '../../parts/waiting.ts'
import { SilenceForm } from './silence-form.ts'

/** What is kept quiet, until when, and why. */
export function SilencesPanel({ rule, subject }: { readonly rule?: string; readonly subject?: string }): VNode {
  const { known, all } = topic('silences')
  const active = all.value.filter(({ endedAt, until }) => endedAt === null && Date.parse(until) > serverNow.value)
  return html`<section class="panel" aria-labelledby="silences">
    <h2 id="silences">Silences</h2>
    ${
      !known.value
        ? html`<${Waiting} />`
        : active.length === 0
          ? html`<p class="empty">Nothing is silenced. A silence holds back notices; alerts are shown all the same.</p>`
          : html`<ul class="entries">${active.map((silence) => html`<${SilenceEntry} key=${silence.id} silence=${silence} />`)}</ul>`
    }
    ${
      whyReadOnly.value === null
        ? html`<details class="panel-note" open=${rule !== undefined}><summary>Silence alerts</summary><${SilenceForm} rule=${rule} subject=${subject} /></details>`
        : html`<p class="panel-note">${whyReadOnly.value}</p>`
    }
  </section>`
}

function SilenceEntry({ silence }: { readonly silence: Silence }): VNode {
  const { busy, failure, act } = useAct()
  return html`<li class="stack tight">
    <div class="row"><span class="entry-title">${inWords(silence.matchers)}</span>
      ${
        whyReadOnly.value === null &&
        html`<button type="button" class="end" disabled=${busy} onClick=${() => act(() => post(apiPath('silences', silence.id, 'end')))}>End it</button>`
      }</div>
    <p class="preserved">${silence.reason}</p>
    <p class="entry-facts"><span>until <${Time} at=${silence.until} /></span><span>by ${silence.by}</span></p>
    <p class="failure" role="alert">${failure}</p>
  </li>`
}

function inWords({ rule, subject, severity }: Silence['matchers']): string {
  const what = `${severity === undefined ? 'All alerts' : `All alerts that are ${severity}`}${rule === undefined ? '' : ` of ${rule}`}`
  return `${what}${subject === undefined ? '' : ` about ${subject}`}`
}
