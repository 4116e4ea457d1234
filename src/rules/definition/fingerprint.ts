import { hashOfSources } from '../../projections/handler-fingerprint.ts'
import type { Rule } from './rule.ts'

type Functions = Pick<Rule, 'subject' | 'checks' | 'actions' | 'effects'>

/** A hash of the source texts of a rule's functions, as that of a projection. What they call is not included. */
export const fingerprintOf = ({ subject, checks, actions, effects }: Functions): string =>
  hashOfSources([
    subject,
    ...checks.flatMap(({ name, test }) => [name, test]),
    ...actions.flatMap((action) => [action.kind, action.name, ...functionsOf(action)]),
    ...effects.flatMap(({ name, run }) => [name, run]),
  ])

const functionsOf = (action: Rule['actions'][number]): readonly unknown[] =>
  Object.values(action).filter((member) => typeof member === 'function')
