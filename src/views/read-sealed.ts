import { InvalidQuery } from '../core/errors/input.ts'
import type { Vault } from '../core/events/sealing/vault.ts'
import type { JsonObject } from '../core/json/json.ts'
import type { Stored } from '../core/port/save.ts'
import type { ViewDocument } from '../core/port/view-store.ts'
import { type ViewPlace, viewOf } from './parts.ts'
import type { ProjectionRef } from './projection-ref.ts'
import { clearData, isSealedView } from './sealed-views.ts'

/**
 * The data of a view as readers get it, merged and opened; null if there is none.
 *
 * @throws as `viewOf` and `clearData` do
 */
export async function readView(
  projection: ProjectionRef,
  place: ViewPlace,
  documents: readonly (Stored<ViewDocument> | undefined)[],
  vault: Vault | undefined,
): Promise<JsonObject | null> {
  const data = viewOf(projection, place, documents)
  const [stored] = documents
  if (data === null || stored === undefined || !isSealedView(data)) return data
  const [clear] = await clearData(projection, vault, [{ ...stored.document, data }])
  return clear as JsonObject
}

/** The data of the views of a page. @throws as `clearData` does */
export const readViews = (
  projection: ProjectionRef,
  views: readonly Stored<ViewDocument>[],
  vault: Vault | undefined,
): Promise<readonly JsonObject[]> =>
  clearData(
    projection,
    vault,
    // A query returns no deleted view.
    views.map(({ document }) => document as ViewDocument & { readonly data: JsonObject }),
  )

/** @throws InvalidQuery if a query filters or orders by a sealed member */
export function assertUnsealed({ name, personal = [] }: ProjectionRef, where?: object, orderBy?: string): void {
  if (personal.length === 0) return
  const sealed = new Set(personal.flatMap(({ fields }) => Object.keys(fields)))
  const path = [...pathsOf(where ?? {}), ...(orderBy === undefined ? [] : [orderBy])].find((one) =>
    sealed.has(one.split('.', 1)[0] as string),
  )
  if (path === undefined) return
  throw new InvalidQuery(
    `${path} of ${name} is sealed, so views cannot be queried by it: keep it in a projection with forgotten`,
  )
}

/** The field paths of a filter, also those of alternatives. */
function pathsOf(where: object): readonly string[] {
  const { or } = where as { readonly or?: unknown }
  const others = Array.isArray(or) ? or.filter((one) => typeof one === 'object' && one !== null) : []
  return [...Object.keys(where), ...others.flatMap(pathsOf)]
}
