import type { VNode } from 'preact'
import type { OverviewRow } from '../../contract/topics.ts'
import { topic } from '../live/topics.ts'
import { formatShare } from './format.ts'
import { html } from './html.ts'
import { Meter } from './meter.ts'

const OBJECTIVES = {
  freshness: 'Events reach their views within 5 s',
  api: 'The API responds without an error',
} as const

type Budget = OverviewRow['budgets'][number]

/** How much of the error budgets is left. */
export function BudgetPanel(): VNode | null {
  const budgets = topic('overview').row('now').value?.budgets ?? []
  if (budgets.length === 0) return null
  return html`<section class="panel" aria-labelledby="budgets">
    <h2 id="budgets">Error budget left</h2>
    <ul class="entries">${budgets.map((budget) => html`<${BudgetEntry} key=${budget.objective} ...${budget} />`)}</ul>
  </section>`
}

function BudgetEntry({ objective, target, left, windowDays }: Budget): VNode {
  return html`<li class="stack tight">
    <div class="row"><span>${OBJECTIVES[objective]}</span><b class="end tabular">${formatShare(left)}</b></div>
    <${Meter} share=${left} tone=${left === null ? 'unknown' : left < 0.1 ? 'critical' : left < 0.25 ? 'warning' : 'ok'} />
    <span class="small muted">Objective ${formatShare(target)} over ${windowDays} days</span>
  </li>`
}
