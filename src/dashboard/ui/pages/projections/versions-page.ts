import type { ProjectionRow } from '../../../contract/topics.ts'
import { topic } from '../../live/topics.ts'
import { formatCount, formatDuration, formatRate } from '../../parts/format.ts'
import { Heading } from '../../parts/heading.ts'
import { html } from '../../parts/html.ts'
import { FaultText } from '../../parts/panels/trouble.ts'
import { orderedKeys } from '../../parts/rows/ordered-keys.ts'
import { stateCounts, toneOf, urgencyOf } from '../../parts/rows/range-state.ts'
import { Status } from '../../parts/status.ts'
import { type Column, Table } from '../../parts/table.ts'
import { visibleText } from '../../parts/values/visible-text.ts'
import { hrefOf } from '../../shell/route.ts'
import { isVersioned } from './consequences.ts'
import { timeLeft } from './time-left.ts'

const byUrgency = (a: ProjectionRow, b: ProjectionRow) =>
  urgencyOf(a.state) - urgencyOf(b.state) || a.projection.localeCompare(b.projection) || b.version - a.version

const versions = topic('projections')
const keys = orderedKeys(versions, { compare: byUrgency })

const COLUMNS: readonly Column<ProjectionRow>[] = [
  {
    title: 'Projection',
    head: true,
    cell: ({ projection, version }) =>
      html`<span class="id">${visibleText(projection)} <span class="version">v${version}</span></span>`,
  },
  { title: 'Role', cell: (row) => (isVersioned(row) ? row.role : row.kind) },
  { title: 'State', cell: (row) => html`<${VersionState} row=${row} />` },
  {
    title: 'Behind',
    number: true,
    cell: ({ behind, oldestAge }) =>
      html`${formatCount(behind)}${behind !== 0 && oldestAge !== null && html`<span class="sub">for ${formatDuration(oldestAge)}</span>`}`,
  },
  {
    title: 'Caught up in',
    number: true,
    cell: (row) =>
      html`${timeLeft(row)}${row.behind !== 0 && row.rate !== null && html`<span class="sub">${formatRate(row.rate)}</span>`}`,
  },
  { title: 'Parked', number: true, cell: ({ parked, moreParked }) => `${formatCount(parked)}${moreParked ? '+' : ''}` },
  { title: 'Owners', cell: ({ owners }) => html`<${Owners} owners=${owners} />` },
  {
    title: 'Error',
    wide: true,
    cell: ({ error }) => (error === null ? '–' : html`<div class="clamp"><${FaultText} fault=${error} /></div>`),
  },
]

/** All versions of all projections and reactions, those first that need a person. */
export function VersionsPage({ projection }: { readonly projection: string | undefined }) {
  const shown =
    projection === undefined
      ? keys.value
      : keys.value.filter((key) => versions.row(key).peek()?.projection === projection)
  return html`
    <${Heading} title="Projections">${
      projection !== undefined && html`<a class="button" href=${hrefOf('projections')}>Show all projections</a>`
    }<//>
    <div class="panel">
      <${Table} caption="Projection versions, those first that need a person" captionHidden columns=${COLUMNS} keys=${shown}
        row=${versions.row} href=${hrefOfVersion} stacked
        empty=${versions.known.value ? 'No worker ever ran a projection on this storage.' : 'The versions are not known yet.'} />
    </div>
  `
}

const hrefOfVersion = ({ projection, version }: ProjectionRow) => hrefOf('projections', [projection, version])

function VersionState({ row }: { readonly row: ProjectionRow }) {
  const counts = stateCounts(row.states)
  return html`<${Status} tone=${toneOf(row.state)}>${row.state}<//>${
    Object.keys(row.states).length > 1 && html`<span class="sub">${counts}</span>`
  }`
}

function Owners({ owners }: { readonly owners: readonly string[] }) {
  if (owners.length === 0) return 'none'
  return owners.length <= 2 ? visibleText(owners.join(', ')) : `${owners.length} workers`
}
