import { UnknownVersion } from '../../core/errors/version.ts'
import type { JsonObject } from '../../core/json/json.ts'
import type { ViewQuery } from '../../core/port/view-store.ts'
import { assertIncarnation } from '../../core/positions/log-identity.ts'
import { activeVersion } from '../../views/active-version.ts'
import { decodePageToken, encodePageToken } from '../../views/page-token.ts'
import { assertQueryable } from '../../views/parts.ts'
import { sealedForm } from '../../views/sealed-views.ts'
import { readVersionRecord } from '../../views/version-record.ts'
import type { Storage } from '../../views/with-views.ts'

/** A view in a list. Sealed members are not opened. */
export type ListedView = { readonly key: string; readonly data: JsonObject | null }

/** By which field views are ordered. */
export type ViewOrder = NonNullable<ViewQuery['orderBy']>

/** Which views are listed. */
export type ListOptions = Pick<ViewQuery, 'where' | 'orderBy' | 'after'> & {
  /** At most this many. */
  readonly most: number
  readonly signal: AbortSignal
}

// The most that one page of the view store holds.
const PAGE = 1000

/**
 * Gives the views of a projection, with their keys, to `each`, page by page. All of them come from the version that was
 * active at the beginning, or that `after` belongs to.
 *
 * @returns what to give as `after` for those that follow, if any
 * @throws UnknownVersion, InvalidQuery, IncarnationMismatch
 */
export async function listViews(
  { viewStore, incarnation }: Storage,
  projection: string,
  { most, signal, after: token, ...query }: ListOptions,
  each: (view: ListedView) => Promise<void>,
): Promise<string | undefined> {
  const from = token === undefined ? undefined : decodePageToken(token)
  const version = from?.version ?? (await activeVersion(viewStore, projection))
  if (version === undefined) throw new UnknownVersion(projection, null)
  const record = (await readVersionRecord(viewStore, projection))?.document
  const entry = record?.versions[version]
  if (entry === undefined || entry.dropping) throw new UnknownVersion(projection, version)
  assertQueryable({ name: projection, version, initial: () => ({}) }, entry.slices)
  let after = from?.after
  for (let left = most; left > 0; ) {
    const limit = Math.min(PAGE, left)
    const page = await viewStore.query({ ...query, projection, version, limit, ...(after !== undefined && { after }) })
    for (const { document } of page.views) {
      if (signal.aborted) return undefined
      assertIncarnation(document, incarnation)
      await each({ key: document.key, data: document.data && sealedForm(document.data) })
    }
    left -= page.views.length
    after = page.next
    if (after === undefined) return undefined
  }
  return after === undefined ? undefined : encodePageToken({ version, after })
}
