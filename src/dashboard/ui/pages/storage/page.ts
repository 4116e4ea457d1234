import type { StorageRow } from '../../../contract/topics.ts'
import { topic } from '../../live/topics.ts'
import { formatBytes, formatCount, formatDuration } from '../../parts/format.ts'
import { Heading } from '../../parts/heading.ts'
import { html } from '../../parts/html.ts'
import { Panel } from '../../parts/panels/panel.ts'
import { FaultText, Trouble } from '../../parts/panels/trouble.ts'
import { Status } from '../../parts/status.ts'
import { Facts, Tiles } from '../../parts/values/facts.ts'
import { visibleText } from '../../parts/values/visible-text.ts'
import type { PageComponent } from '../page.ts'
import { Disk } from './disk.ts'
import { Files } from './files.ts'

/** What the database tells about itself, and what watching it costs. */
export const Page: PageComponent = () => {
  const storage = topic('storage')
  const row = storage.row('storage').value
  if (row === undefined) {
    return html`<${Heading} title="Storage" /><p class="page-empty">Nothing is known of the storage yet.</p>`
  }
  return html`
    <${Heading} title="Storage"><${Answering} row=${row} /><//>
    <div class="stack">
      ${
        row.error !== null &&
        html`<${Trouble} tone="critical" title="The storage does not answer" fault=${row.error}>
          <p>Check the database and the network. Workers wait for it, and resume by themselves.</p>
        <//>`
      }
      <${Tiles} facts=${[
        ['Ping', row.ok === false ? 'failed' : formatDuration(row.ping)],
        ['Size, with indexes and logs', formatBytes(row.bytes)],
        ['Feed ranges', formatCount(row.ranges)],
        ['Kind', visibleText(row.kind)],
      ]} />
      <div class="columns">
        <${Disk} disk=${row.disk} />
        <${Log} row=${row} />
        <${Watching} watching=${row.watching} />
        <${Ops} ops=${row.ops} />
      </div>
      <${Files} files=${row.files} />
    </div>
  `
}

function Log({ row: { incarnation } }: { readonly row: StorageRow }) {
  return html`<${Panel} title="The log">
    <${Facts} facts=${[['Incarnation', incarnation === null ? 'unknown' : html`<code>${visibleText(incarnation)}</code>`]]} />
    <p class="muted">It changes when the log is restored from a copy. What was derived before then has to be rebuilt.</p>
  <//>`
}

function Answering({ row: { ok } }: { readonly row: StorageRow }) {
  if (ok === null) return html`<${Status} tone="unknown">not asked yet<//>`
  return ok ? html`<${Status} tone="ok">answers<//>` : html`<${Status} tone="critical">does not answer<//>`
}

function Watching({ watching }: { readonly watching: StorageRow['watching'] }) {
  const { readsPerMinute, requestUnitsPerMinute, everyMs } = watching
  return html`<${Panel} title="What watching costs">
    <${Facts} facts=${[
      ['Looks every', formatDuration(everyMs)],
      ['Reads', `${formatCount(readsPerMinute)} a minute`],
      [
        'Request units',
        requestUnitsPerMinute === null ? 'not counted here' : `${formatCount(requestUnitsPerMinute)} a minute`,
      ],
    ]} />
  <//>`
}

function Ops({ ops: { kind, error, bytes } }: { readonly ops: StorageRow['ops'] }) {
  return html`<${Panel} title="Where alerts and incidents are kept">
    <${Facts} facts=${[
      [
        'State',
        error === null
          ? html`<${Status} tone="ok">stores<//>`
          : html`<${Status} tone="warning">does not store: kept in memory<//>`,
      ],
      ['Kind', visibleText(kind)],
      ['Size', formatBytes(bytes)],
    ]} />
    ${error !== null && html`<${FaultText} fault=${error} />`}
  <//>`
}
