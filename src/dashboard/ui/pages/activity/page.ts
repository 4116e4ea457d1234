import type { ActivityAnswer } from '../../../contract/requests.ts'
import { topic } from '../../live/topics.ts'
import { usePages } from '../../live/use-pages.ts'
import { Heading } from '../../parts/heading.ts'
import { html } from '../../parts/html.ts'
import { Failure, Waiting } from '../../parts/waiting.ts'
import { setQuery } from '../../shell/router.ts'
import type { PageComponent } from '../page.ts'
import { ACTIVITY_TYPES, ActivityEntries } from './entries.ts'
import { merged } from './merged.ts'

export const Page: PageComponent = ({ query }) => {
  const live = topic('activity')
  const past = usePages(
    (before) => `activity${before === null ? '' : `?${new URLSearchParams({ before })}`}`,
    ({ activity, next }: ActivityAnswer) => ({ rows: activity, next }),
    '',
  )
  const all = merged(live.all.value, past.rows)
  const shown = query.type === undefined ? all : all.filter(({ type }) => type === query.type)
  return html`<div>
    <${Heading} title="Activity" />
    <div class="stack">
      <div class="toolbar"><label>Type<select value=${query.type ?? ''} onChange=${(event: Event) => {
        setQuery({ type: (event.currentTarget as HTMLSelectElement).value || undefined })
      }}>
        <option value="">All</option>
        ${Object.entries(ACTIVITY_TYPES).map(([type, { word }]) => html`<option key=${type} value=${type}>${word}</option>`)}
      </select></label></div>
      <section class="panel" aria-label="What happened">
        ${
          past.failure !== null
            ? html`<${Failure} what="Activity could not be read." failure=${past.failure} again=${past.again} />`
            : past.loading && shown.length === 0
              ? html`<${Waiting} />`
              : shown.length === 0
                ? html`<p class="empty">${all.length === 0 ? 'Nothing has happened since the dashboard began to watch.' : 'Nothing of this type is among what has been loaded.'}</p>`
                : html`<${ActivityEntries} activity=${shown} />`
        }
        ${past.more !== null && html`<p class="table-more"><button type="button" onClick=${past.more}>Show older</button></p>`}
      </section>
    </div>
  </div>`
}
