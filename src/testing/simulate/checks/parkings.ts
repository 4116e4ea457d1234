import { type ViewDocument, type ViewRef, viewId } from '../../../core/port/view-store.ts'
import { keyOfPart } from '../../../core/positions/view-slices.ts'
import { parkedMark } from '../../../projections/parking/parked-mark.ts'

/** Which views are parked, and when they were last. */
export type Parkings = {
  /** Learns about a saved view. */
  saved(view: ViewDocument): void
  /** Whether a view, or a part of it, was parked at some moment since a time, in any version. */
  parkedSince(view: Pick<ViewRef, 'projection' | 'key'>, time: number): boolean
}

/** Creates an empty record. */
export function createParkings(time: { readonly now: number }): Parkings {
  // Until when each of them was parked, for all that ever were.
  const until = new Map<string, { readonly projection: string; readonly key: string; end: number }>()
  return {
    saved(view) {
      const { projection, key } = view
      const known = until.get(viewId(view))
      if (parkedMark(view)) until.set(viewId(view), { projection, key, end: Number.POSITIVE_INFINITY })
      else if (known?.end === Number.POSITIVE_INFINITY) known.end = time.now
    },
    parkedSince: ({ projection, key }, time) =>
      [...until.values()].some(
        (view) =>
          view.end >= time && view.projection === projection && (view.key === key || keyOfPart(view.key) === key),
      ),
  }
}
