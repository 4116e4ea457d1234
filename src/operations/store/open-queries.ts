import type { ViewFilter } from '../../core/reading/view-filter.ts'
import type { Projection } from '../../projections/projection.ts'
import type { Storage } from '../../views/with-views.ts'

export const OPEN_ALERTS = { state: { in: ['firing', 'flapping'] } } as const
export const OPEN_INCIDENTS = { state: { in: ['open', 'acknowledged'] } } as const

/** All views of a query, page by page. @param keyOf what a view that was moved to a later page is known by */
export async function allOf<V>(
  store: Storage,
  projection: Projection<V>,
  where: ViewFilter<V>,
  keyOf: (view: V) => string,
): Promise<readonly V[]> {
  const found = new Map<string, V>()
  let after: string | undefined
  do {
    const page = await store.views.query<V>(projection, {
      where: where as NoInfer<ViewFilter<V>>,
      limit: 500,
      ...(after !== undefined && { after }),
    })
    for (const view of page.items) found.set(keyOf(view), view)
    after = page.next
  } while (after !== undefined)
  return [...found.values()]
}
