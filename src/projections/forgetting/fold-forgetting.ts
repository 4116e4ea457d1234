import type { JsonObject } from '../../core/json/json.ts'
import type { FoldedView, FoldInput } from '../fold-item.ts'
import { type FoldedEvent, isForgotten } from '../projection.ts'
import { forgottenAgain, marksAfter, permittedEvent, withForgotten } from './forgotten-marks.ts'

/**
 * Folds an event into a view that has forgotten people, or is about to forget one. What the view forgot does not come
 * back, whenever the event was opened.
 *
 * @param fold calls the handler of an event
 * @throws what `fold` throws
 */
export function foldForgetting(
  { data, forgotten = [] }: FoldedView,
  input: FoldInput,
  fold: (data: JsonObject | null, event: FoldedEvent) => JsonObject | null,
): FoldedView {
  // A view that does not exist has nothing to forget.
  const sweep = (swept: JsonObject | null, event: FoldedEvent) => (swept === null ? null : fold(swept, event))
  const { event } = input
  if (isForgotten(event)) return { data: sweep(data, event), forgotten: withForgotten(forgotten, event) }
  const after = fold(data, permittedEvent(input, forgotten))
  const marks = marksAfter(input, forgotten)
  return { data: marks.reduce((swept, mark) => sweep(swept, forgottenAgain(mark)), after), forgotten }
}
