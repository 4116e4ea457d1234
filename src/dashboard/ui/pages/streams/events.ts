import { useSignal } from '@preact/signals'
import { useEffect } from 'preact/hooks'
import type { StreamAnswer, StreamEvent, StreamEventsAnswer } from '../../../contract/requests.ts'
import { apiPath } from '../../live/request.ts'
import { useRequest } from '../../live/use-request.ts'
import { html } from '../../parts/html.ts'
import { More } from '../../parts/panels/more.ts'
import { Panel } from '../../parts/panels/panel.ts'
import { ProblemText } from '../../parts/panels/problem.ts'
import { hrefOf } from '../../shell/route.ts'
import { EventItem } from './event-item.ts'

const PAGE = 25

type EventsProps = { readonly stream: StreamAnswer; readonly selected: string | undefined }

/** The events of a stream, newest first, from the selected one on if there is one. */
export function Events({ stream: { streamId, version }, selected }: EventsProps) {
  const from = Number(selected ?? Number.NaN)
  const isSelected = Number.isSafeInteger(from) && from > 0 && from < version
  const before = useSignal(isSelected ? from + 1 : undefined)
  const events = useSignal<readonly StreamEvent[]>([])
  const cursor = before.value === undefined ? '' : `&before=${before.value}`
  const { state } = useRequest<StreamEventsAnswer>(`streams/${apiPath(streamId)}/events?limit=${PAGE}${cursor}`)
  const { answer, failure, loading } = state.value
  useEffect(() => {
    if (answer !== null) events.value = [...events.peek(), ...answer.events]
  }, [answer, events])
  const aside =
    isSelected &&
    html`<span class="muted">from version ${from} on</span>
      <a class="button" href=${hrefOf('streams', [streamId])}>Show the newest</a>`
  return html`<${Panel} title="Events, newest first" aside=${aside} isFlush>
    <ol class="events" reversed>${events.value.map(
      (event) => html`<${EventItem} key=${event.version} streamId=${streamId} event=${event}
        isOpen=${String(event.version) === selected} />`,
    )}</ol>
    <div class="panel-body stack tight">
      ${failure !== null && html`<${ProblemText} error=${failure} />`}
      <${More} loading=${loading} next=${answer?.next} text="Show older events" show=${(next: number) => {
        before.value = next
      }} />
    </div>
  <//>`
}
