import type { RecentEventRow } from '../../../contract/topics.ts'
import { topic } from '../../live/topics.ts'
import { html } from '../../parts/html.ts'
import { Panel } from '../../parts/panels/panel.ts'
import { orderedKeys } from '../../parts/rows/ordered-keys.ts'
import { type Column, Table } from '../../parts/table.ts'
import { Time } from '../../parts/times.ts'
import { visibleText } from '../../parts/values/visible-text.ts'
import { hrefOf } from '../../shell/route.ts'

const recent = topic('recent')
const keys = orderedKeys(recent, {
  compare: (a, b) => b.recordedAt.localeCompare(a.recordedAt) || b.version - a.version,
})

const COLUMNS: readonly Column<RecentEventRow>[] = [
  { title: 'Stream', head: true, cell: ({ streamId }) => html`<code class="id">${visibleText(streamId)}</code>` },
  { title: 'Version', number: true, cell: ({ version }) => version },
  { title: 'Type', cell: ({ type }) => visibleText(type) },
  { title: 'Recorded at', cell: ({ recordedAt }) => html`<${Time} at=${recordedAt} />` },
]

const hrefOfEvent = ({ streamId, version }: RecentEventRow) => hrefOf('streams', [streamId], { event: version })

/** The newest events; the feed is read for them only while a page shows them. */
export function RecentEvents() {
  return html`<${Panel} title="Recent events" isFlush
    aside=${html`<span class="muted small">The feed is read for this list only while it is open.</span>`}>
    <${Table} caption="Recent events, the newest first" captionHidden columns=${COLUMNS} keys=${keys.value} row=${recent.row}
      href=${hrefOfEvent} stacked
      empty=${recent.known.value ? 'No event was appended since this list was opened.' : 'Recent events are not known yet.'} />
  <//>`
}
