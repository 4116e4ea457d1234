import type { ForgettingState, ForgottenMark } from '../../core/port/view-store.ts'
import type { FoldInput } from '../fold-item.ts'
import type { FoldedEvent, ForgottenPerson } from '../projection.ts'

// A save that lost its ETag folds events again that were opened before their person was forgotten, and so does a worker
// that was suspended. So a view that is stored in clear records whom it forgot, and folds their events from stand-ins,
// whatever was opened.

/** What a view remembers of which keys opened what it contains. */
export const NOTHING: ForgettingState = { people: [], keys: [], newest: '' }

/** Whether a key was forgotten, as far as a view's marks say. */
export const isForgottenIn = (people: readonly ForgottenMark[], key: string): boolean =>
  people.some(({ through }) => covers(through, key))

/** Whether a key is of the same person as a forgotten one, and not newer. */
export function covers(through: string, key: string): boolean {
  const [forgotten, last] = partsOf(through)
  const [keyId, generation] = partsOf(key)
  return forgotten === keyId && generation <= last
}

/** Whether a key is of the same person as another one, and newer: the person was admitted again. */
export function isLater(key: string, than: string): boolean {
  const [keyId, generation] = partsOf(key)
  const [other, last] = partsOf(than)
  return other === keyId && generation > last
}

/** Records a forgotten person: each once, with the last of their keys. */
export function withForgotten(state: ForgettingState, { person, through, metadata }: ForgottenPerson): ForgettingState {
  if (isForgottenIn(state.people, through)) return state
  const others = state.people.filter((mark) => !covers(through, mark.through))
  return {
    ...state,
    people: [...others, { through, person, at: metadata.recordedAt }],
    keys: state.keys.filter((key) => !covers(through, key)),
  }
}

/** The event as a view may fold it: without what only forgotten keys opened. */
export function permittedEvent(
  { event, keys, without }: FoldInput,
  isForgotten: (key: string) => boolean,
): FoldedEvent {
  return without && keys?.some(isForgotten) ? without(isForgotten) : event
}

function partsOf(key: string): readonly [keyId: string, generation: number] {
  const dot = key.lastIndexOf('.')
  return [key.slice(0, dot), Number(key.slice(dot + 1))]
}
