import type { StreamAnswer } from '../../../contract/requests.ts'
import { apiPath } from '../../live/request.ts'
import { useRequest } from '../../live/use-request.ts'
import { Heading } from '../../parts/heading.ts'
import { html } from '../../parts/html.ts'
import { ProblemText } from '../../parts/panels/problem.ts'
import { Status } from '../../parts/status.ts'
import { visibleText } from '../../parts/values/visible-text.ts'
import { hrefOf, type Route } from '../../shell/route.ts'
import { Events } from './events.ts'
import { Scrubber } from './scrubber.ts'

type StreamProps = { readonly streamId: string; readonly query: Route['query'] }

/** One stream: its states by version or time, and its events, newest first. */
export function StreamPage({ streamId, query }: StreamProps) {
  const { state, again } = useRequest<StreamAnswer>(`streams/${apiPath(streamId)}`)
  const { answer, failure, loading } = state.value
  const crumbs = [{ text: 'Streams', href: hrefOf('streams') }]
  return html`
    <${Heading} title=${html`<code>${visibleText(streamId)}</code>`} crumbs=${crumbs}>
      ${answer !== null && html`<span>version ${answer.version}</span>`}
      <button type="button" disabled=${loading} onClick=${again}>Read again</button>
    <//>
    <div class="stack">
      ${failure !== null && html`<${ProblemText} error=${failure} />`}
      ${answer === null && failure === null && html`<p class="page-empty">Loading …</p>`}
      ${answer !== null && html`<${Stream} stream=${answer} query=${query} />`}
    </div>
  `
}

function Stream({ stream, query }: { readonly stream: StreamAnswer; readonly query: Route['query'] }) {
  if (stream.deleted) {
    return html`<p class="page-empty"><${Status} tone="idle" past>deleted<//> The events of this stream can no longer be read.</p>`
  }
  return html`
    <${Scrubber} key=${`state ${stream.version}`} stream=${stream} query=${query} />
    <${Events} key=${`events ${stream.version} ${query.event}`} stream=${stream} selected=${query.event} />
  `
}
