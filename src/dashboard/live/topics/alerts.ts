import { rulesInWords } from '../../../operations/alerts/evaluator.ts'
import { runbookOf } from '../../../operations/alerts/runbooks.ts'
import type { Operations } from '../../../operations/model/operations.ts'
import type { TopicSource } from '../topic-source.ts'
import { byKey } from './lists.ts'

/** The alerts that are firing or flapping. */
export const alerts = (operations: Pick<Operations, 'alerts' | 'isSilenced'>): TopicSource<'alerts'> => ({
  on: ['alerts', 'silences'],
  rows: () =>
    byKey(
      operations.alerts().map((alert) => ({
        ...alert,
        silenced: operations.isSilenced(alert),
        runbook: runbookOf(alert.rule, alert.subject).href,
      })),
      ({ fingerprint }) => fingerprint,
    ),
})

/** All rules in words, and what they say now. */
export function rules(operations: Pick<Operations, 'rules'>): TopicSource<'rules'> {
  const words = new Map(rulesInWords().map((one) => [one.rule, one]))
  return {
    on: ['snapshot', 'alerts'],
    rows: () =>
      byKey(
        operations.rules().flatMap((state) => {
          const known = words.get(state.rule)
          return known === undefined ? [] : [{ ...known, ...state, runbook: runbookOf(state.rule).href }]
        }),
        ({ rule }) => rule,
      ),
  }
}
