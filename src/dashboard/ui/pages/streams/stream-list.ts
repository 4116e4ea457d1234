import { useSignal } from '@preact/signals'
import { useEffect } from 'preact/hooks'
import type { StreamsAnswer } from '../../../contract/requests.ts'
import { useRequest } from '../../live/use-request.ts'
import { html } from '../../parts/html.ts'
import { More } from '../../parts/panels/more.ts'
import { Panel } from '../../parts/panels/panel.ts'
import { ProblemText } from '../../parts/panels/problem.ts'
import { visibleText } from '../../parts/values/visible-text.ts'
import { hrefOf } from '../../shell/route.ts'

type ListProps = { readonly category: string | undefined; readonly prefix: string | undefined }
type Stream = StreamsAnswer['streams'][number]

/** The streams of a category or with a prefix, a page at a time. */
export function StreamList({ category, prefix }: ListProps) {
  const after = useSignal<string | undefined>(undefined)
  const streams = useSignal<readonly Stream[]>([])
  const given = Object.entries({ category, prefix, after: after.value }).flatMap(([name, value]) =>
    value === undefined ? [] : [[name, value]],
  )
  const { state } = useRequest<StreamsAnswer>(`streams?${new URLSearchParams(given)}`)
  const { answer, failure, loading } = state.value
  useEffect(() => {
    if (answer !== null) streams.value = [...streams.peek(), ...answer.streams]
  }, [answer, streams])
  return html`<${Panel} title="Streams" aside=${html`<a href=${hrefOf('streams')}>Recent events</a>`}>
    ${
      streams.value.length === 0
        ? !loading && failure === null && html`<p class="muted">No stream is found.</p>`
        : html`<ul class="plain-list">${streams.value.map(
            ({ streamId, version }) => html`<li key=${streamId}>
              <a href=${hrefOf('streams', [streamId])}><code>${visibleText(streamId)}</code></a>
              ${version !== null && html`<span class="version">${` @${version}`}</span>`}
            </li>`,
          )}</ul>`
    }
    ${failure !== null && html`<${ProblemText} error=${failure} />`}
    <${More} loading=${loading} next=${answer?.next} text="Show more" show=${(next: string) => {
      after.value = next
    }} />
  <//>`
}
