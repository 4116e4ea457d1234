import { useSignal } from '@preact/signals'
import type { CausationAnswer } from '../../../contract/requests.ts'
import { useRequest } from '../../live/use-request.ts'
import { html } from '../../parts/html.ts'
import { ProblemText } from '../../parts/panels/problem.ts'
import { Time } from '../../parts/times.ts'
import { visibleText } from '../../parts/values/visible-text.ts'
import { hrefOf } from '../../shell/route.ts'

type CausationProps = { readonly streamId: string; readonly id: string }

/** What led to an event and what followed from it; it is looked up when it is asked for. */
export function Causation({ streamId, id }: CausationProps) {
  const isAsked = useSignal(false)
  const { state } = useRequest<CausationAnswer>(
    isAsked.value ? `causation?${new URLSearchParams({ id, stream: streamId })}` : null,
  )
  const { answer, failure } = state.value
  if (!isAsked.value) {
    return html`<p><button type="button" onClick=${() => {
      isAsked.value = true
    }}>Show causes and effects</button></p>`
  }
  return html`<div class="stack tight" aria-live="polite">
    ${failure !== null && html`<${ProblemText} error=${failure} />`}
    ${answer === null && failure === null && html`<p>Loading …</p>`}
    ${answer !== null && html`<${Chain} id=${id} answer=${answer} />`}
  </div>`
}

function Chain({ id, answer: { events, cut } }: { readonly id: string; readonly answer: CausationAnswer }) {
  return html`
    <h3>Causes and effects, in order</h3>
    <ol class="plain-list one-column">${events.map(
      (event) => html`<li key=${event.id} aria-current=${event.id === id ? 'true' : undefined}>
        <a href=${hrefOf('streams', [event.streamId], { event: event.version })}><code>${visibleText(event.streamId)}@${event.version}</code></a>
        <span> ${visibleText(event.type)}, <${Time} at=${event.recordedAt} />${event.id === id && ' (this event)'}</span></li>`,
    )}</ol>
    ${cut && html`<p class="muted">There are more events than are listed.</p>`}
  `
}
