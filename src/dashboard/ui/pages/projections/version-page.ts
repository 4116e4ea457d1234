import { useSignal } from '@preact/signals'
import type { ProjectionRow } from '../../../contract/topics.ts'
import { topic } from '../../live/topics.ts'
import { formatCount, formatDuration, formatRate } from '../../parts/format.ts'
import { Heading } from '../../parts/heading.ts'
import { html } from '../../parts/html.ts'
import { stateCounts, toneOf } from '../../parts/rows/range-state.ts'
import { Status } from '../../parts/status.ts'
import { Tiles } from '../../parts/values/facts.ts'
import { visibleText } from '../../parts/values/visible-text.ts'
import { hrefOf, type Route } from '../../shell/route.ts'
import { AdvicePanel } from './advice-panel.ts'
import { isVersioned } from './consequences.ts'
import { Ranges } from './ranges.ts'
import { roleText } from './role-text.ts'
import { timeLeft } from './time-left.ts'
import { VersionActs } from './version-acts.ts'

type VersionProps = { readonly projection: string; readonly version: string; readonly query: Route['query'] }

/** One version of a projection: what is wrong and what to do, its progress, what an operator can do, and its ranges. */
export function VersionPage({ projection, version, query }: VersionProps) {
  const result = useSignal('')
  const versions = topic('projections')
  const row = versions.row(`${projection}:${version}`).value
  const title = html`${visibleText(projection)} <span class="version">v${visibleText(version)}</span>`
  const crumbs = [{ text: 'Projections', href: hrefOf('projections') }]
  return html`
    <${Heading} title=${title} crumbs=${crumbs}>
      ${row !== undefined && html`<${Status} tone=${toneOf(row.state)}>${row.state}<//>`}
    <//>
    <div class="stack">
      <p role="status" class=${result.value === '' ? 'hidden' : 'banner'}>${visibleText(result.value)}</p>
      ${
        row === undefined
          ? html`<p class="page-empty">${
              versions.known.value
                ? 'There is no such version: it was never run, or it was dropped.'
                : 'Nothing is known of this version yet.'
            }</p>`
          : html`
            <${AdvicePanel} row=${row} />
            <${Tiles} facts=${factsOf(row)} />
            <${Ranges} row=${row} selected=${query.range} />
            <${VersionActs} row=${row} result=${result} />
          `
      }
    </div>
  `
}

const factsOf = (row: ProjectionRow) =>
  [
    ['Behind', row.behind === null ? 'unknown' : `${formatCount(row.behind)} ${row.behind === 1 ? 'event' : 'events'}`],
    ['Oldest event that waits', row.behind === 0 ? 'none' : formatDuration(row.oldestAge)],
    ['Rate', formatRate(row.rate)],
    ['Caught up in', timeLeft(row)],
    [
      'Parked sequences',
      html`<a href=${hrefOf('parked', [], { projection: row.projection, version: row.version })}>${formatCount(row.parked)}${row.moreParked && '+'}</a>`,
    ],
    ['Ranges', html`<span class="tile-text">${stateCounts(row.states) || 'none'}</span>`],
    [
      'Owners',
      html`<span class="tile-text">${row.owners.length === 0 ? 'none' : visibleText(row.owners.join(', '))}</span>`,
    ],
    ['Role', html`<span class="tile-text">${isVersioned(row) ? roleText(row.role) : row.kind}</span>`],
  ] as const
