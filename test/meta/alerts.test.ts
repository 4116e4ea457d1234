import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { createEvaluator } from '../../src/operations/alerts/evaluator.ts'
import { runbookOf } from '../../src/operations/alerts/runbooks.ts'
import type { RuleWords } from '../../src/operations/model/evaluation.ts'
import { snapshotAt } from '../unit/operations/support.ts'

const rules = createEvaluator().evaluate(snapshotAt(0), []).rules
const page = readFileSync(new URL('../../docs/reference/alerts.md', import.meta.url), 'utf8')

function section({ rule, description, fires, clears, severity }: RuleWords): string {
  const { title, steps } = runbookOf(rule)
  const table = [
    '| | |',
    '|---|---|',
    `| fires | ${fires} |`,
    `| is resolved | ${clears} |`,
    `| severity | ${severity} |`,
  ]
  const numbered = steps.map((step, i) => `${i + 1}. ${step}`)
  return [`### ${rule}`, '', description, '', ...table, '', `**${title}**`, '', ...numbered, ''].join('\n')
}

it.each(rules)('the reference of alerts describes $rule as the dashboard does, with what to do', (words) => {
  expect(page).toContain(section(words))
})

it('the reference of alerts describes no other rule', () => {
  expect(page.match(/^### .*$/gm)?.map((line) => line.slice(4))).toEqual(rules.map(({ rule }) => rule))
})
