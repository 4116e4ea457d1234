import { FORGOTTEN } from '../../core/port/event-document.ts'
import type { ForgottenMark } from '../../core/port/view-store.ts'
import type { FoldInput } from '../fold-item.ts'
import type { FoldedEvent, ForgottenPerson } from '../projection.ts'

// A save that lost its ETag folds events again that were opened before their person was forgotten, and so does a worker
// that was suspended. So a view that is stored in clear records whom it forgot, and folds their events from stand-ins,
// whatever was opened.

/** Records a forgotten person in a view's marks: one for each person, the last. */
export function withForgotten(
  marks: readonly ForgottenMark[] = [],
  { person, through, version, metadata }: ForgottenPerson,
): readonly ForgottenMark[] {
  const [keyId, generation] = partsOf(through)
  const known = marks.find((mark) => partsOf(mark.through)[0] === keyId)
  if (known && partsOf(known.through)[1] >= generation) return marks
  return [...marks.filter((mark) => mark !== known), { through, person, version, at: metadata.recordedAt }]
}

/** Whether a key was forgotten, as far as a view's marks say. */
export function isForgottenIn(marks: readonly ForgottenMark[], key: string): boolean {
  const [keyId, generation] = partsOf(key)
  return marks.some(({ through }) => {
    const [forgotten, last] = partsOf(through)
    return forgotten === keyId && generation <= last
  })
}

/** The event as a view with these marks may fold it: without what only forgotten keys opened. */
export function permittedEvent({ event, keys, without }: FoldInput, marks: readonly ForgottenMark[]): FoldedEvent {
  const isForgotten = (key: string) => isForgottenIn(marks, key)
  return without && keys?.some(isForgotten) ? without(isForgotten) : event
}

/**
 * The marks of people that an event may bring back into a view, because it is folded after they were forgotten although
 * it was recorded before, or contains what was theirs.
 */
export const marksAfter = (
  { event, keys = [] }: FoldInput,
  marks: readonly ForgottenMark[],
): readonly ForgottenMark[] =>
  marks.filter((mark) => event.metadata.recordedAt < mark.at || keys.some((key) => isForgottenIn([mark], key)))

/** What the handler of a mark gets when it is called again. */
export const forgottenAgain = ({ through, person, version, at }: ForgottenMark): ForgottenPerson => ({
  type: FORGOTTEN,
  streamId: `$privacy:${partsOf(through)[0]}`,
  version,
  metadata: { eventId: '', recordedAt: at },
  person,
  through,
})

function partsOf(key: string): readonly [keyId: string, generation: number] {
  const dot = key.lastIndexOf('.')
  return [key.slice(0, dot), Number(key.slice(dot + 1))]
}
