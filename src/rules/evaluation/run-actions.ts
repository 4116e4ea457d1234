import { deepFreeze } from '../../core/json/deep-freeze.ts'
import type { Action } from '../definition/actions.ts'
import type { Rule, RuleEvent } from '../definition/rule.ts'
import type { RuleInput } from '../definition/rule-input.ts'
import { withConfirmed, withProperty } from '../subjects/fold-subject.ts'
import { isSameValue } from '../subjects/same-value.ts'
import type { Subject, SubjectState } from '../subjects/subject.ts'
import type { EntryStored, PropertyChanged } from '../subjects/subject-events.ts'
import { callForJson, callPart, type Evaluation } from './call-part.ts'
import type { Emitted, Firing } from './decision.ts'
import { isLater, timeOf } from './latest-by.ts'

type Input = RuleInput<RuleEvent>
type Setting = Extract<Action<RuleEvent>, { readonly kind: 'set' | 'remove' }>

/** Runs the actions of a rule, in order, each on the subject as those before it left it. @throws RuleFailed */
export function runActions(
  rule: Pick<Rule, 'name' | 'actions'>,
  event: RuleEvent,
  subject: Subject,
): Omit<Firing, 'outcome' | 'checks'> {
  const evaluation: Evaluation = { rule, event }
  const emitted: Emitted[] = []
  const entries: EntryStored[] = []
  let state: SubjectState = subject
  for (const action of rule.actions) {
    const input: Input = deepFreeze({ event, subject: { ...subject, ...state } })
    const { kind, name } = action
    if (kind === 'emit') {
      const data = callPart(evaluation, `emit ${name}`, () => action.value(input))
      emitted.push({ events: action.events, type: name, data })
    } else if (kind === 'store') {
      entries.push({ store: name, entry: callForJson(evaluation, `store ${name}`, () => action.value(input)) })
    } else state = withSetting(evaluation, action, input)
  }
  const { changes, confirmed } = differencesOf(subject, state)
  // As what is recorded will be folded.
  const { properties, times } = withConfirmed(changes.reduce(withProperty, subject), { confirmed })
  return { changes, confirmed, emitted, entries, state: { properties, times } }
}

function withSetting(evaluation: Evaluation, action: Setting, input: Input): SubjectState {
  const { name, latestBy } = action
  const value =
    action.kind === 'set' ? callForJson(evaluation, `setProperty ${name}`, () => action.value(input)) : undefined
  const at = latestBy && timeOf(evaluation, name, () => latestBy(input))
  const { properties, times } = input.subject
  const state = { properties, times }
  if (at !== undefined && !isLater({ at, value }, { at: times[name], value: properties[name] })) return state
  return withProperty(state, { name, ...(value !== undefined && { new: value }), ...(at !== undefined && { at }) })
}

/** What changed from one state of a subject to another. */
function differencesOf(before: SubjectState, after: SubjectState): Pick<Firing, 'changes' | 'confirmed'> {
  const changes: PropertyChanged[] = []
  const confirmed: Record<string, string> = {}
  for (const name of new Set([
    ...Object.keys(before.properties),
    ...Object.keys(after.properties),
    ...Object.keys(after.times),
  ])) {
    const [old, value, at] = [before.properties[name], after.properties[name], after.times[name]]
    if (!isSameValue(old, value)) {
      changes.push({
        name,
        ...(old !== undefined && { old }),
        ...(value !== undefined && { new: value }),
        ...(at !== undefined && { at }),
      })
    } else if (at !== undefined && at !== before.times[name]) confirmed[name] = at
  }
  return { changes, confirmed: Object.keys(confirmed).length > 0 ? confirmed : undefined }
}
