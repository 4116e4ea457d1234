import { freezeJson } from '../../core/json/freeze-json.ts'
import type { JsonObject } from '../../core/json/json.ts'
import type { ViewDocument } from '../../core/port/view-store.ts'
import type { FoldItem } from '../fold-item.ts'
import { type FoldedEvent, isForgotten, type Projection } from '../projection.ts'
import { foldForgotten } from './fold-forgetting.ts'
import { isForgottenIn } from './view-memory.ts'

/**
 * A parked view after it forgot whom events say. The events wait in its queue like all others, but what the view has
 * about the person does not wait with them. A handler that fails is left to the queue.
 */
export function sweepParked(projection: Projection, view: ViewDocument, items: readonly FoldItem[]): ViewDocument {
  if (!projection.foldsForgotten) return view
  let swept = view
  const fold = (data: JsonObject | null, event: FoldedEvent): JsonObject | null => {
    const after: unknown = projection.fold(view.key, data, event)
    freezeJson(after, 'view')
    return after as JsonObject | null
  }
  for (const { event } of items) {
    if (!isForgotten(event) || isForgottenIn(swept.forgetting?.people ?? [], event.through)) continue
    try {
      swept = { ...swept, ...foldForgotten(swept, event, fold) }
    } catch {}
  }
  return swept
}
