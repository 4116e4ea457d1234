import { topic } from '../../live/topics.ts'
import { Heading } from '../../parts/heading.ts'
import { html } from '../../parts/html.ts'
import { orderedKeys } from '../../parts/rows/ordered-keys.ts'
import { Table } from '../../parts/table.ts'
import { visibleText } from '../../parts/values/visible-text.ts'
import { hrefOf, type Route } from '../../shell/route.ts'
import { COLUMNS, hrefOfSequence } from './columns.ts'
import { FurtherSequences } from './further-sequences.ts'

const parked = topic('parked')
const keys = orderedKeys(parked, { compare: (a, b) => a.since.localeCompare(b.since) || a.key.localeCompare(b.key) })

/** The parked sequences of all versions, the oldest first. */
export function ParkedPage({ query }: { readonly query: Route['query'] }) {
  const { projection, version } = query
  const shown = keys.value.filter((key) => {
    const row = parked.row(key).peek()
    return (
      (projection === undefined || row?.projection === projection) &&
      (version === undefined || String(row?.version) === version)
    )
  })
  const aside =
    projection !== undefined &&
    html`<span class="muted">Only ${visibleText(projection)}${version !== undefined && ` v${version}`}</span>
      <a class="button" href=${hrefOf('parked')}>Show all</a>`
  const cut = cutVersions()
  const further = cut.find((one) => one.projection === projection && one.version === version)
  return html`
    <${Heading} title="Parked sequences">${aside}<//>
    <div class="stack">
      <p class="lead">An event that failed five times waits here, with all later events of its view. Everything else continues.
        Nothing is lost: a replay processes them in order.</p>
      ${
        further === undefined &&
        cut.map((one) => {
          const href = hrefOf('parked', [], { projection: one.projection, version: one.version })
          return html`<p class="muted">More sequences of ${visibleText(one.projection)} v${one.version} are parked than are listed. <a href=${href}>Show them</a></p>`
        })
      }
      <div class="panel">
        <${Table} caption="Parked sequences, the oldest first" captionHidden columns=${COLUMNS} keys=${shown} row=${parked.row}
          href=${hrefOfSequence} stacked
          empty=${parked.known.value ? 'No sequence is parked.' : 'Whether a sequence is parked is not known yet.'} />
      </div>
      ${further !== undefined && html`<${FurtherSequences} ...${further} />`}
    </div>
  `
}

/** The versions with more parked sequences than are sent, with the greatest key of those that are. */
const cutVersions = () =>
  topic('projections').all.value.flatMap(({ projection, version, parked: count, moreParked }) => {
    const own = parked.all.value.filter((row) => row.projection === projection && row.version === version)
    const after = own
      .map(({ key }) => key)
      .sort()
      .at(-1)
    const isCut = moreParked || (count !== null && count > own.length)
    return after !== undefined && isCut ? [{ projection, version: String(version), after }] : []
  })
