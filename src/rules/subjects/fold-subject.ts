import type { SubjectState } from './subject.ts'
import type { PropertyChanged, RuleFired } from './subject-events.ts'

/** The state after a property changed. */
export function withProperty({ properties, times }: SubjectState, change: PropertyChanged): SubjectState {
  const { name, at } = change
  const isTimed = at !== undefined || Object.hasOwn(times, name)
  return {
    properties: withMember(properties, name, change.new),
    times: isTimed ? withMember(times, name, at) : times,
  }
}

/** The state after a rule fired, once the properties that it changed are folded in. */
export const withConfirmed = (
  state: SubjectState,
  { confirmed }: { readonly confirmed?: RuleFired['confirmed'] },
): SubjectState => (confirmed === undefined ? state : { ...state, times: { ...state.times, ...confirmed } })

/** A copy with a member, or without it if it is undefined. */
function withMember<T>(object: { readonly [name: string]: T }, name: string, value: T | undefined) {
  const { [name]: _, ...others } = object
  return value === undefined ? others : { ...others, [name]: value }
}
