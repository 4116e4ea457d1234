import { useSignal } from '@preact/signals'
import type { ParkedAnswer, ReplayAnswer } from '../../../contract/requests.ts'
import { apiPath } from '../../live/request.ts'
import { useRequest } from '../../live/use-request.ts'
import { Heading } from '../../parts/heading.ts'
import { html } from '../../parts/html.ts'
import { Panel } from '../../parts/panels/panel.ts'
import { Trouble } from '../../parts/panels/trouble.ts'
import { Time } from '../../parts/times.ts'
import { PayloadText } from '../../parts/values/payload.ts'
import { visibleText } from '../../parts/values/visible-text.ts'
import { Failure } from '../../parts/waiting.ts'
import { hrefOf } from '../../shell/route.ts'
import { SequenceActs } from './sequence-acts.ts'

type SequenceProps = { readonly projection: string; readonly version: string; readonly name: string }

/** One parked sequence: its first event, why it failed, the pending events behind it, and what an operator can do. */
export function SequencePage({ projection, version, name }: SequenceProps) {
  const { state, again } = useRequest<ParkedAnswer>(`parked/${apiPath(projection, version, name)}`)
  const result = useSignal<ReplayAnswer | undefined>(undefined)
  const { answer, failure } = state.value
  const crumbs = [
    { text: 'Parked sequences', href: hrefOf('parked') },
    { text: visibleText(`${projection} v${version}`), href: hrefOf('projections', [projection, version]) },
  ]
  return html`
    <${Heading} title=${html`<code>${visibleText(name)}</code>`} crumbs=${crumbs} />
    <div class="stack">
      ${failure !== null && result.value === undefined && html`<${Failure} what="The sequence cannot be shown." failure=${failure} again=${again} />`}
      ${
        answer === null
          ? failure === null && html`<p class="page-empty">Loading …</p>`
          : html`
            ${result.value?.left !== 0 && html`<${Why} answer=${answer} />`}
            <${SequenceActs} answer=${answer} result=${result} again=${again} />
            <${Evidence} answer=${answer} />
          `
      }
    </div>
  `
}

function Why({ answer: { event, error, since, attempts, waiting, moreWaiting } }: { readonly answer: ParkedAnswer }) {
  const count = `${waiting.length}${moreWaiting ? ' or more' : ''} ${waiting.length === 1 ? 'event waits' : 'events wait'}`
  return html`<${Trouble} tone="warning" title=${html`Parked since <${Time} at=${since} />: ${count}`} fault=${error}>
    <p>Event <${EventLink} ...${event} />${event.type !== null && html`, <code>${visibleText(event.type)}</code>,`} ${attempts === 0 ? 'has not been tried since the one before it was dropped' : `failed ${attempts} times`}.
      ${event.erased && ' It was erased since, so a replay skips it.'}</p>
    <p>Fix the handler and deploy it to all workers. Then look at what a replay would change, and replay the sequence.</p>
  <//>`
}

function Evidence({ answer: { document, view, waiting, moreWaiting } }: { readonly answer: ParkedAnswer }) {
  return html`
    <div class="columns">
      <${Panel} title="First event, as it is stored">
        <${PayloadText} payload=${document} label="First event" none="It was erased, so a replay skips it." />
      <//>
      <${Panel} title="The view, as readers see it">
        <${PayloadText} payload=${view} label="View" none="There is no view yet, or it may contain personal data." />
      <//>
    </div>
    <${Panel} title="Events that wait, in order">
      <ol class="plain-list">${waiting.map(
        (one) => html`<li key=${`${one.streamId}@${one.version}`}><${EventLink} ...${one} /></li>`,
      )}</ol>
      ${moreWaiting && html`<p class="muted">More events wait than are listed.</p>`}
    <//>
  `
}

type EventRef = { readonly streamId: string; readonly version: number }

function EventLink({ streamId, version }: EventRef) {
  const href = hrefOf('streams', [streamId], { event: version })
  return html`<a href=${href}><code>${visibleText(streamId)}@${version}</code></a>`
}
