import type { StreamAnswer, StreamEventsAnswer } from '../../../contract/requests.ts'
import { apiPath } from '../../live/request.ts'
import { usePages } from '../../live/use-pages.ts'
import { html } from '../../parts/html.ts'
import { More } from '../../parts/panels/more.ts'
import { Panel } from '../../parts/panels/panel.ts'
import { hrefOf } from '../../shell/route.ts'
import { EventItem } from './event-item.ts'

const PAGE = 25

type EventsProps = { readonly stream: StreamAnswer; readonly selected: string | undefined }

/** The events of a stream, newest first, from the selected one on if there is one. */
export function Events({ stream: { streamId, version }, selected }: EventsProps) {
  const from = Number(selected ?? Number.NaN)
  const isSelected = Number.isSafeInteger(from) && from > 0 && from < version
  const first = isSelected ? String(from + 1) : null
  const pages = usePages(
    (before) => pathOf(streamId, before ?? first),
    ({ events, next }: StreamEventsAnswer) => ({ rows: events, next: next === null ? null : String(next) }),
    `${streamId} ${first}`,
  )
  const aside =
    isSelected &&
    html`<span class="muted">from version ${from} on</span>
      <a class="button" href=${hrefOf('streams', [streamId])}>Show the newest</a>`
  return html`<${Panel} title="Events, newest first" aside=${aside} isFlush>
    <ol class="events" reversed>${pages.rows.map(
      (event) => html`<${EventItem} key=${event.version} streamId=${streamId} event=${event}
        isOpen=${String(event.version) === selected} />`,
    )}</ol>
    <div class="panel-body"><${More} pages=${pages} text="Show older events" /></div>
  <//>`
}

const pathOf = (streamId: string, before: string | null) =>
  `streams/${apiPath(streamId)}/events?limit=${PAGE}${before === null ? '' : `&before=${before}`}`
