import type { ParkedRow } from '../../../contract/topics.ts'
import { formatCount } from '../../parts/format.ts'
import { html } from '../../parts/html.ts'
import { FaultText } from '../../parts/panels/trouble.ts'
import type { Column } from '../../parts/table.ts'
import { Time } from '../../parts/times.ts'
import { visibleText } from '../../parts/values/visible-text.ts'
import { hrefOf } from '../../shell/route.ts'

/** What a list of parked sequences shows of each. */
export const COLUMNS: readonly Column<ParkedRow>[] = [
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

/** The page of a sequence. */
export const hrefOfSequence = ({ projection, version, key }: ParkedRow): string =>
  hrefOf('parked', [projection, version, key])
