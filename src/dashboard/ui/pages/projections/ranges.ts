import type { ProjectionRangeRow, ProjectionRow } from '../../../contract/topics.ts'
import { topic } from '../../live/topics.ts'
import { formatClock, formatCount, formatRate } from '../../parts/format.ts'
import { html } from '../../parts/html.ts'
import { Panel } from '../../parts/panels/panel.ts'
import { FaultText } from '../../parts/panels/trouble.ts'
import { toneOf } from '../../parts/rows/range-state.ts'
import { Status } from '../../parts/status.ts'
import { type Column, Table } from '../../parts/table.ts'
import { Time } from '../../parts/times.ts'
import { visibleText } from '../../parts/values/visible-text.ts'
import { hrefOf } from '../../shell/route.ts'
import { setQuery } from '../../shell/router.ts'
import { urgentRanges } from './range-keys.ts'
import { RangeMap } from './range-map.ts'

const time = (at: string | null) => (at === null ? '–' : html`<${Time} at=${at} />`)

const COLUMNS: readonly Column<ProjectionRangeRow>[] = [
  { title: 'Range', head: true, cell: ({ range }) => html`<code class="nowrap">${range}</code>` },
  { title: 'State', cell: ({ state }) => html`<${Status} tone=${toneOf(state)}>${state}<//>` },
  { title: 'Owner', cell: (row) => html`<${Owner} row=${row} />` },
  {
    title: 'Behind',
    number: true,
    cell: ({ behind, oldest }) =>
      html`${formatCount(behind)}${oldest !== null && html`<span class="sub">since ${time(oldest)}</span>`}`,
  },
  {
    title: 'Rate',
    number: true,
    cell: ({ rate, progressAt }) =>
      html`${formatRate(rate)}${progressAt !== null && html`<span class="sub">last at ${time(progressAt)}</span>`}`,
  },
  { title: 'Parked', number: true, cell: ({ parked }) => formatCount(parked) },
  { title: 'Failing', cell: (row) => html`<${Failing} row=${row} />` },
  { title: 'Error', wide: true, cell: (row) => html`<${LastError} row=${row} />` },
]

/** The ranges of a version as a map, and as a table, the troubled ones first. */
export function Ranges({ row, selected }: { readonly row: ProjectionRow; readonly selected: string | undefined }) {
  const ranges = topic('ranges')
  const keys = urgentRanges(row).value
  const chosen = selected === undefined ? undefined : keys.find((key) => key.endsWith(` ${selected}`))
  const aside =
    selected !== undefined &&
    html`<span>Only range <code>${visibleText(selected)}</code></span>
      <button type="button" onClick=${() => setQuery({ range: undefined })}>Show all ranges</button>`
  return html`<${Panel} title="Ranges" aside=${aside} isFlush>
    <${RangeMap} row=${row} selected=${selected} />
    <${ChosenFault} name=${chosen} />
    <${Table} caption="Ranges, those first that need a person" captionHidden columns=${COLUMNS}
      keys=${selected === undefined ? keys : chosen === undefined ? [] : [chosen]} row=${ranges.row}
      href=${hrefOfRange} stacked
      empty=${ranges.known.value ? 'No range is known: no worker ran this version yet.' : 'The ranges are not known yet.'} />
  <//>`
}

const hrefOfRange = ({ projection, version, range }: ProjectionRangeRow) =>
  hrefOf('projections', [projection, version], { range })

/** The whole error of the range that is chosen; in the table it may be cut. */
function ChosenFault({ name }: { readonly name: string | undefined }) {
  const error = name === undefined ? undefined : topic('ranges').row(name).value?.error
  return error ? html`<div class="panel-body"><${FaultText} fault=${error} /></div>` : null
}

function Owner({ row: { owner, unownedSince } }: { readonly row: ProjectionRangeRow }) {
  if (owner === null) return html`none<span class="sub">since ${time(unownedSince)}</span>`
  return visibleText(owner)
}

function Failing({ row: { failing } }: { readonly row: ProjectionRangeRow }) {
  if (failing === null) return '–'
  const attempts = `${failing.attempts} ${failing.attempts === 1 ? 'attempt' : 'attempts'}`
  return html`since ${time(failing.since)}<span class="sub">${attempts}, next ${formatClock(failing.nextAttempt)}</span>`
}

function LastError({ row: { error, failing, state } }: { readonly row: ProjectionRangeRow }) {
  if (error === null) return '–'
  const isOver = failing === null && (state === 'idle' || state === 'working')
  return html`<div class="clamp"><${FaultText} fault=${error} /></div>${
    isOver && html`<span class="sub">The last failure; it is over.</span>`
  }`
}
