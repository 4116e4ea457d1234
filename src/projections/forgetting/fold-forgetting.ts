import type { JsonObject } from '../../core/json/json.ts'
import { FORGOTTEN } from '../../core/port/event-document.ts'
import type { ForgettingState } from '../../core/port/view-store.ts'
import type { FoldedView, FoldInput } from '../fold-item.ts'
import { type FoldedEvent, type ForgottenPerson, isForgotten } from '../projection.ts'
import { covers, isForgottenIn, isLater, NOTHING, permittedEvent, withForgotten } from './view-memory.ts'

type Fold = (data: JsonObject | null, event: FoldedEvent) => JsonObject | null

/**
 * Folds an event into a view that is stored in clear. What the view forgot does not come back, whenever the event was
 * opened, and in whatever order the ranges of the feed are read.
 *
 * @param fold calls the handler of an event
 * @throws what `fold` throws
 */
export function foldForgetting(view: FoldedView, input: FoldInput, fold: Fold): FoldedView {
  const { event } = input
  return isForgotten(event) ? foldForgotten(view, event, fold) : foldOther(view, input, fold)
}

/** Folds that a person was forgotten. */
export function foldForgotten(
  { data, forgetting: state = NOTHING }: FoldedView,
  event: ForgottenPerson,
  fold: Fold,
): FoldedView {
  return { data: sweptBy(data, state, event, fold), forgetting: withForgotten(state, event) }
}

function sweptBy(
  data: JsonObject | null,
  state: ForgettingState,
  event: ForgottenPerson,
  fold: Fold,
): JsonObject | null {
  const holds = state.keys.some((key) => covers(event.through, key))
  if (holds) return sweep(data, event, fold)
  // The range that says so is behind others. Everything before was folded from stand-ins, and swept, and what was sealed
  // since is in the view already: it must stay, whatever the clocks say.
  if (state.keys.some((key) => isLater(key, event.through))) return data
  const isLate = state.newest > event.metadata.recordedAt
  const swept = sweep(data, event, fold)
  return isLate ? (swept ?? data) : swept
}

function foldOther({ data, forgetting: state = NOTHING }: FoldedView, input: FoldInput, fold: Fold): FoldedView {
  const { event, people = () => [] } = input
  // A later key in the view proves that an earlier one was forgotten, also before its marker comes.
  const isGone = (key: string) => isForgottenIn(state.people, key) || state.keys.some((one) => isLater(one, key))
  const parts = people().map((part) => ({ ...part, isForgotten: part.isForgotten || isGone(part.key) }))
  const [gone, present] = [parts.filter((part) => part.isForgotten), parts.filter((part) => !part.isForgotten)]
  let keys = state.keys
  let after = data
  const forget = (person: string | undefined, through: string) => {
    if (person !== undefined) after = sweep(after, { ...originOf(event), type: FORGOTTEN, person, through }, fold)
  }
  // A person who was admitted again was forgotten before.
  for (const { key, person } of present) {
    const old = keys.filter((one) => isLater(key, one))
    for (const one of old) forget(person, one)
    keys = keys.filter((one) => !old.includes(one))
  }
  after = fold(after, permittedEvent(input, isGone))
  const sweeps = new Map(gone.map(({ key, person }) => [person, key]))
  for (const { person, through, at } of state.people) {
    if (event.metadata.recordedAt < at) sweeps.set(person, through)
  }
  for (const [person, through] of sweeps) {
    // What is newer stays: their own events are folded in any order, like those of several streams always are.
    if (!keys.some((key) => isLater(key, through))) forget(person, through)
  }
  return { data: after, forgetting: remember(state, keys, present, event) }
}

function remember(
  state: ForgettingState,
  keys: readonly string[],
  present: readonly { readonly key: string }[],
  { metadata: { recordedAt } }: FoldedEvent,
): ForgettingState {
  const all = [...new Set([...keys, ...present.map(({ key }) => key)])]
  return { people: state.people, keys: all, newest: recordedAt > state.newest ? recordedAt : state.newest }
}

// A view that does not exist has nothing to forget.
const sweep = (data: JsonObject | null, event: FoldedEvent, fold: Fold): JsonObject | null =>
  data === null ? null : fold(data, event)

const originOf = ({ streamId, version, metadata }: FoldedEvent) => ({ streamId, version, metadata })
