import { useSignal } from '@preact/signals'
import type { StreamEvent } from '../../../contract/requests.ts'
import { html } from '../../parts/html.ts'
import { Time } from '../../parts/times.ts'
import { Facts } from '../../parts/values/facts.ts'
import { PayloadText } from '../../parts/values/payload.ts'
import { visibleText } from '../../parts/values/visible-text.ts'
import { hrefOf } from '../../shell/route.ts'
import { Causation } from './causation.ts'

type ItemProps = { readonly streamId: string; readonly event: StreamEvent; readonly isOpen: boolean }

/** One event in a list. What it contains is drawn when it is opened, since it may be long. */
export function EventItem({ streamId, event, isOpen }: ItemProps) {
  const open = useSignal(isOpen)
  return html`<li>
    <details class="event" open=${isOpen} onToggle=${({ currentTarget }: Event) => {
      open.value = (currentTarget as HTMLDetailsElement).open
    }}>
      <summary>
        <span class="number">${event.version}</span>
        <strong>${visibleText(event.type)}</strong>
        <${Time} at=${event.recordedAt} />
      </summary>
      ${open.value && html`<${EventBody} streamId=${streamId} event=${event} />`}
    </details>
  </li>`
}

function EventBody({ streamId, event }: Omit<ItemProps, 'isOpen'>) {
  const { cause, causationId } = event
  const caused =
    cause !== null
      ? html`<a href=${hrefOf('streams', [cause.streamId], { event: cause.version })}>
          <code>${visibleText(cause.streamId)}@${cause.version}</code></a>`
      : code(causationId)
  return html`<div class="event-body stack">
    <div class="columns">
      <${Facts} facts=${[
        ['Event id', code(event.id)],
        ['Recorded at', code(event.recordedAt)],
        ['Occurred at', code(event.occurredAt)],
        ['Schema version', event.schemaVersion ?? '1'],
      ]} />
      <${Facts} facts=${[
        ['Caused by', caused],
        ['Correlation id', code(event.correlationId)],
        ['State', html`<a href=${hrefOf('streams', [streamId], { version: event.version })}>after this event</a>`],
      ]} />
    </div>
    <div class="columns">
      <section class="stack tight"><h3>Data</h3><${PayloadText} payload=${event.data} label=${`Data of version ${event.version}`} none="No data." /></section>
      <section class="stack tight"><h3>Metadata</h3><${PayloadText} payload=${event.metadata} label=${`Metadata of version ${event.version}`} none="No metadata." /></section>
    </div>
    <${Causation} streamId=${streamId} id=${event.id} />
  </div>`
}

const code = (text: string | null) => (text === null ? '–' : html`<code>${visibleText(text)}</code>`)
