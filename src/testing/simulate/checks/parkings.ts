import { type ViewDocument, type ViewRef, viewId } from '../../../core/port/view-store.ts'
import { parkedMark } from '../../../projections/parking/mark.ts'

/** Which views are parked, and when they were last. */
export type Parkings = {
  /** Learns of a view that was saved. */
  saved(view: ViewDocument): void
  /** Whether a view, or a part of it, was parked at some moment since a time. */
  parkedSince(view: ViewRef, time: number): boolean
}

/** Makes an empty record. */
export function createParkings(time: { readonly now: number }): Parkings {
  // Until when each of them was, of all that ever were.
  const until = new Map<string, number>()
  return {
    saved(view) {
      const id = viewId(view)
      if (parkedMark(view)) until.set(id, Number.POSITIVE_INFINITY)
      else if (until.get(id) === Number.POSITIVE_INFINITY) until.set(id, time.now)
    },
    parkedSince(view, time) {
      const id = viewId(view)
      return [...until].some(([other, end]) => end >= time && (other === id || other.startsWith(`${id}~`)))
    },
  }
}
