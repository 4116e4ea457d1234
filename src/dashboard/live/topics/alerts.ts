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
export const rules = (operations: Pick<Operations, 'rules'>): TopicSource<'rules'> => ({
  on: ['snapshot', 'alerts'],
  rows: () =>
    byKey(
      operations.rules().map((state) => ({ ...state, runbook: runbookOf(state.rule).href })),
      ({ rule }) => rule,
    ),
})
