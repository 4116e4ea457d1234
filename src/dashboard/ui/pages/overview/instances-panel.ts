import type { VNode } from 'preact'
import type { InstanceRow } from '../../../contract/topics.ts'
import { topic } from '../../live/topics.ts'
import { formatBytes, formatDuration } from '../../parts/format.ts'
import { html } from '../../parts/html.ts'
import { Status, type Tone } from '../../parts/status.ts'
import { type Column, Table } from '../../parts/table.ts'
import { Ago } from '../../parts/times.ts'
import { Waiting } from '../../parts/waiting.ts'

const TONES: { readonly [state in InstanceRow['state']]: Tone } = {
  running: 'ok',
  standby: 'idle',
  stopping: 'progress',
  silent: 'warning',
  lost: 'critical',
  stopped: 'idle',
}

const COLUMNS: readonly Column<InstanceRow>[] = [
  { title: 'Instance', head: true, cell: ({ id }) => id },
  {
    title: 'State, seen',
    cell: ({ state, seenAt }) => html`<${Status} tone=${TONES[state]}>${state}<//>
      <span class="sub"><${Ago} at=${seenAt} suffix=" ago" /></span>`,
  },
  {
    title: 'Kind',
    cell: ({ kind, service, release }) =>
      html`${kind}${service !== kind && `, ${service}`} <span class="version">${release}</span>`,
  },
  { title: 'Ranges', number: true, cell: ({ ranges }) => ranges ?? '' },
  { title: 'CPU', number: true, cell: ({ cpu }) => (cpu === null ? '' : cpu.toFixed(2)) },
  { title: 'Memory', number: true, cell: ({ memory }) => (memory === null ? '' : formatBytes(memory)) },
  { title: 'Loop p99', number: true, cell: ({ delay }) => (delay === null ? '' : formatDuration(delay)) },
]

/** The processes that run the system. */
export function InstancesPanel(): VNode {
  const { known, keys, row } = topic('instances')
  return html`<section class="panel">
    ${
      known.value
        ? html`<${Table} caption="Instances" columns=${COLUMNS} keys=${keys.value} row=${row} stacked
            empty="No process has reported itself: none runs, or the storage did not answer." />`
        : html`<h2>Instances</h2><${Waiting} />`
    }
  </section>`
}
