import type { DomainRuleRow, ProjectionRow } from '../../../contract/topics.ts'
import { session } from '../../live/session.ts'
import { topic } from '../../live/topics.ts'
import { formatCount, formatDuration } from '../../parts/format.ts'
import { Heading } from '../../parts/heading.ts'
import { html } from '../../parts/html.ts'
import { Panel } from '../../parts/panels/panel.ts'
import { orderedKeys } from '../../parts/rows/ordered-keys.ts'
import { stateCounts, toneOf, urgencyOf } from '../../parts/rows/range-state.ts'
import { Status } from '../../parts/status.ts'
import { type Column, Table } from '../../parts/table.ts'
import { visibleText } from '../../parts/values/visible-text.ts'
import { hrefOf } from '../../shell/route.ts'
import type { PageComponent } from '../page.ts'

const rules = topic('domainRules')
const versions = topic('projections')

const ruleKeys = orderedKeys(rules, {
  compare: (a, b) =>
    urgencyOf(a.state ?? '') - urgencyOf(b.state ?? '') || a.name.localeCompare(b.name) || b.version - a.version,
})
const groupKeys = orderedKeys(versions, {
  filter: ({ kind }) => kind === 'group',
  compare: (a, b) => urgencyOf(a.state) - urgencyOf(b.state) || a.projection.localeCompare(b.projection),
})

const RULES: readonly Column<DomainRuleRow>[] = [
  {
    title: 'Rule',
    head: true,
    cell: ({ name, version }) => html`${visibleText(name)} <span class="version">v${version}</span>`,
  },
  { title: 'State', cell: ({ state }) => html`<${Status} tone=${toneOf(state ?? '')}>${state ?? 'unknown'}<//>` },
  { title: 'On', cell: ({ on }) => visibleText(on) },
  { title: 'Behind', number: true, cell: ({ behind }) => formatCount(behind) },
  { title: 'Parked', number: true, cell: ({ parked }) => formatCount(parked) },
]

const GROUPS: readonly Column<ProjectionRow>[] = [
  { title: 'Group', head: true, cell: ({ projection }) => visibleText(projection) },
  { title: 'State', cell: ({ state }) => html`<${Status} tone=${toneOf(state)}>${state}<//>` },
  { title: 'Ranges', cell: ({ states }) => stateCounts(states) },
  { title: 'Behind', number: true, cell: ({ behind }) => formatCount(behind) },
  { title: 'Oldest', number: true, cell: ({ oldestAge }) => formatDuration(oldestAge) },
  { title: 'Parked', number: true, cell: ({ parked }) => formatCount(parked) },
]

const hrefOfRule = ({ name, version, projection, projectionVersion }: DomainRuleRow) =>
  hrefOf('projections', [projection ?? name, projectionVersion ?? version])
const hrefOfGroup = ({ projection, version }: ProjectionRow) => hrefOf('projections', [projection, version])

/** The rules of the domain and the consumer groups, where there are any. */
export const Page: PageComponent = () => {
  const pages = session.value?.pages
  return html`
    <${Heading} title="Rules and groups" />
    <div class="stack">
      ${pages?.rules !== false && html`<${Rules} />`}
      ${pages?.groups !== false && html`<${Groups} />`}
    </div>
  `
}

function Rules() {
  return html`<${Panel} title="Rules" isFlush>
    <${Table} caption="Rules, those first that need a person" captionHidden columns=${RULES} keys=${ruleKeys.value} row=${rules.row}
      href=${hrefOfRule} stacked
      empty=${rules.known.value ? 'No rule runs on this storage.' : 'The rules are not known yet.'} />
  <//>`
}

function Groups() {
  return html`<${Panel} title="Consumer groups" isFlush>
    <${Table} caption="Consumer groups, those first that need a person" captionHidden columns=${GROUPS} keys=${groupKeys.value} row=${versions.row}
      href=${hrefOfGroup} stacked
      empty=${versions.known.value ? 'No group consumes the feed of this storage.' : 'The groups are not known yet.'} />
  <//>`
}
