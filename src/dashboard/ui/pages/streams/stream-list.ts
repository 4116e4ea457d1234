import type { StreamsAnswer } from '../../../contract/requests.ts'
import { usePages } from '../../live/use-pages.ts'
import { html } from '../../parts/html.ts'
import { More } from '../../parts/panels/more.ts'
import { Panel } from '../../parts/panels/panel.ts'
import { visibleText } from '../../parts/values/visible-text.ts'
import { hrefOf } from '../../shell/route.ts'

type ListProps = { readonly category: string | undefined; readonly prefix: string | undefined }

/** The streams of a category or with a prefix, a page at a time. */
export function StreamList({ category, prefix }: ListProps) {
  const pages = usePages(
    (after) => `streams?${queryOf({ category, prefix, after: after ?? undefined })}`,
    ({ streams, next }: StreamsAnswer) => ({ rows: streams, next }),
    `${category} ${prefix}`,
  )
  const isEmpty = pages.rows.length === 0 && !pages.loading && pages.failure === null
  return html`<${Panel} title="Streams" aside=${html`<a href=${hrefOf('streams')}>Recent events</a>`}>
    ${
      isEmpty
        ? html`<p class="muted">No stream is found.</p>`
        : html`<ul class="plain-list">${pages.rows.map(
            ({ streamId, version }) => html`<li key=${streamId}>
              <a href=${hrefOf('streams', [streamId])}><code>${visibleText(streamId)}</code></a>
              ${version !== null && html`<span class="version">${` @${version}`}</span>`}
            </li>`,
          )}</ul>`
    }
    <${More} pages=${pages} text="Show more" />
  <//>`
}

function queryOf(given: { readonly [name: string]: string | undefined }): string {
  const entries = Object.entries(given).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]]))
  return String(new URLSearchParams(entries))
}
