import type { VNode } from 'preact'
import type { SilenceRequest } from '../../../contract/requests.ts'
import { post } from '../../live/request.ts'
import { topic } from '../../live/topics.ts'
import { useAct } from '../../live/use-act.ts'
import { html } from '../../parts/html.ts'
import { goTo } from '../../shell/router.ts'

const LENGTHS = [
  { minutes: 30, title: '30 minutes' },
  { minutes: 120, title: '2 hours' },
  { minutes: 480, title: '8 hours' },
  { minutes: 1440, title: '1 day' },
]

/** Holds back the notices of alerts for a while. */
export function SilenceForm({ rule, subject }: { readonly rule?: string; readonly subject?: string }): VNode {
  const { busy, failure, act } = useAct()
  const rules = topic('rules').all.value
  const submit = (event: SubmitEvent) => {
    event.preventDefault()
    const form = event.currentTarget as HTMLFormElement
    act(async () => {
      await post('silences', requestOf(new FormData(form)))
      form.reset()
      goTo('#/alerts')
    })
  }
  return html`<form class="stack silence" onSubmit=${submit}>
    <div class="toolbar">
      <label>Rule<select name="rule" value=${rule ?? ''}><option value="">All rules</option>${rules.map(({ rule }) => html`<option key=${rule}>${rule}</option>`)}</select></label>
      <label>Subject<input name="subject" defaultValue=${subject ?? ''} maxlength="300" placeholder="all" spellcheck=${false} /></label>
      <label>Severity<select name="severity"><option value="">All</option><option value="warning">Warning</option><option value="critical">Critical</option></select></label>
      <label>For<select name="minutes">${LENGTHS.map(({ minutes, title }) => html`<option key=${minutes} value=${minutes}>${title}</option>`)}</select></label>
    </div>
    <p class="small">A subject is matched as a whole; <code>*</code> stands for any characters.</p>
    <label>Reason<input name="reason" required maxlength="500" /></label>
    <p class="failure" role="alert">${failure}</p>
    <div><button class="primary" disabled=${busy}>Silence</button></div>
  </form>`
}

function requestOf(fields: FormData): SilenceRequest {
  const text = (name: string) => String(fields.get(name) ?? '').trim()
  const severity = text('severity')
  return {
    matchers: {
      ...(text('rule') !== '' && { rule: text('rule') }),
      ...(text('subject') !== '' && { subject: text('subject') }),
      ...((severity === 'warning' || severity === 'critical') && { severity }),
    },
    minutes: Number(text('minutes')),
    reason: text('reason'),
  }
}
