import type { ParkedRow } from '../../../contract/topics.ts'
import { topic } from '../../live/topics.ts'
import { formatCount } from '../../parts/format.ts'
import { Heading } from '../../parts/heading.ts'
import { html } from '../../parts/html.ts'
import { FaultText } from '../../parts/panels/trouble.ts'
import { orderedKeys } from '../../parts/rows/ordered-keys.ts'
import { type Column, Table } from '../../parts/table.ts'
import { Time } from '../../parts/times.ts'
import { visibleText } from '../../parts/values/visible-text.ts'
import { hrefOf, type Route } from '../../shell/route.ts'

const parked = topic('parked')
const keys = orderedKeys(parked, { compare: (a, b) => a.since.localeCompare(b.since) || a.key.localeCompare(b.key) })

const COLUMNS: readonly Column<ParkedRow>[] = [
  { title: 'Sequence', head: true, cell: ({ key }) => html`<code class="id">${visibleText(key)}</code>` },
  {
    title: 'Projection',
    cell: ({ projection, version }) => html`${visibleText(projection)} <span class="version">v${version}</span>`,
  },
  { title: 'Parked since', cell: ({ since }) => html`<${Time} at=${since} />` },
  { title: 'Attempts', number: true, cell: ({ attempts }) => formatCount(attempts) },
  { title: 'Waiting events', number: true, cell: ({ waiting }) => formatCount(waiting) },
  {
    title: 'First event',
    cell: ({ event }) => html`<code>${visibleText(event.streamId)}@${event.version}</code>`,
  },
  {
    title: 'Error',
    wide: true,
    cell: ({ error }) => html`<div class="clamp"><${FaultText} fault=${error} /></div>`,
  },
]

/** The parked sequences of all versions, the oldest first. */
export function ParkedPage({ query }: { readonly query: Route['query'] }) {
  const { projection, version } = query
  const isMeant = (row: ParkedRow | undefined) =>
    (projection === undefined || row?.projection === projection) &&
    (version === undefined || String(row?.version) === version)
  const shown = keys.value.filter((key) => isMeant(parked.row(key).peek()))
  const aside =
    projection !== undefined &&
    html`<span class="muted">Only ${visibleText(projection)}${version !== undefined && ` v${version}`}</span>
      <a class="button" href=${hrefOf('parked')}>Show all</a>`
  return html`
    <${Heading} title="Parked sequences">${aside}<//>
    <div class="stack">
      <p class="lead">An event that failed five times waits here, with all later events of its view. Everything else continues.
        Nothing is lost: a replay processes them in order.</p>
      <${Unlisted} isMeant=${isMeant} />
      <div class="panel">
        <${Table} caption="Parked sequences, the oldest first" captionHidden columns=${COLUMNS} keys=${shown} row=${parked.row}
          href=${hrefOfSequence} stacked
          empty=${parked.known.value ? 'No sequence is parked.' : 'Whether a sequence is parked is not known yet.'} />
      </div>
    </div>
  `
}

const hrefOfSequence = ({ projection, version, key }: ParkedRow) => hrefOf('parked', [projection, version, key])

/** Says where more are parked than are listed. */
function Unlisted({ isMeant }: { readonly isMeant: (row: ParkedRow | undefined) => boolean }) {
  const listed = parked.all.value.filter(isMeant)
  const cut = topic('projections').all.value.filter(({ projection, version, parked: count, moreParked }) => {
    const own = listed.filter((row) => row.projection === projection && row.version === version).length
    return own > 0 && (moreParked || (count !== null && count > own))
  })
  if (cut.length === 0) return null
  const names = cut.map(({ projection, version }) => `${projection} v${version}`)
  return html`<p class="muted">The list is cut: more sequences of ${visibleText(names.join(', '))} are parked.
    The command line lists all: <code>tidemark parked list</code></p>`
}
