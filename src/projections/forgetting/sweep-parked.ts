import { freezeJson } from '../../core/json/freeze-json.ts'
import type { JsonObject } from '../../core/json/json.ts'
import type { ViewDocument } from '../../core/port/view-store.ts'
import type { FoldItem } from '../fold-item.ts'
import { isForgotten, type Projection } from '../projection.ts'
import { withForgotten } from './forgotten-marks.ts'

/**
 * A parked view after it forgot whom events say. The events wait in its queue like all others, but what the view has
 * about the person does not wait with them. A handler that fails is left to the queue.
 */
export function sweepParked(projection: Projection, view: ViewDocument, items: readonly FoldItem[]): ViewDocument {
  if (!projection.foldsForgotten) return view
  let swept = view
  for (const { event } of items) {
    if (!isForgotten(event)) continue
    const forgotten = withForgotten(swept.forgotten, event)
    if (forgotten === swept.forgotten) continue
    try {
      const data = swept.data === null ? null : (projection.fold(view.key, swept.data, event) as JsonObject | null)
      freezeJson(data, 'view')
      swept = { ...swept, data, forgotten }
    } catch {}
  }
  return swept
}
