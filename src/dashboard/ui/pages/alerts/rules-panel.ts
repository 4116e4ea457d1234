import type { VNode } from 'preact'
import type { RuleRow } from '../../../contract/topics.ts'
import { topic } from '../../live/topics.ts'
import { html } from '../../parts/html.ts'
import { Status, type Tone } from '../../parts/status.ts'
import { type Column, Table } from '../../parts/table.ts'
import { Waiting } from '../../parts/waiting.ts'
import { RunbookLink } from './runbook-link.ts'

const STATES: { readonly [state in RuleRow['state']]: { readonly tone: Tone; readonly word: string } } = {
  quiet: { tone: 'ok', word: 'Quiet' },
  pending: { tone: 'progress', word: 'Pending' },
  firing: { tone: 'warning', word: 'Firing' },
  unknown: { tone: 'unknown', word: 'Unknown' },
}

const COLUMNS: readonly Column<RuleRow>[] = [
  { title: 'Rule', head: true, cell: ({ rule }) => rule },
  {
    title: 'State',
    cell: ({ state }) => html`<${Status} tone=${STATES[state].tone}>${STATES[state].word}<//>`,
  },
  { title: 'Would fire now', cell: (row) => wouldFire(row) },
  { title: 'What it says', cell: ({ description }) => description },
  { title: 'Fires', cell: ({ fires }) => fires },
  { title: 'Clears', cell: ({ clears }) => clears },
  { title: 'Severity', cell: ({ severity }) => severity },
  { title: 'Runbook', cell: ({ runbook }) => html`<${RunbookLink} href=${runbook} />` },
]

/** All rules, with what each says now. */
export function RulesPanel(): VNode {
  const { known, keys, row } = topic('rules')
  return html`<section class="panel">${
    known.value
      ? html`<${Table} caption="Rules" columns=${COLUMNS} keys=${keys.value} row=${row} stacked empty="There are no rules." />`
      : html`<h2>Rules</h2><${Waiting} />`
  }</section>`
}

function wouldFire({ wouldFire, unknown }: RuleRow): string {
  const holds = wouldFire === 0 ? 'no' : `yes, for ${wouldFire}`
  return unknown === 0 ? holds : `${holds}; unknown for ${unknown}`
}
