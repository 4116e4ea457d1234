import assert from 'node:assert/strict'
import type { JsonObject } from '../../../core/json/json.ts'
import type { StoragePort } from '../../../core/port/storage.ts'
import { type ViewDocument, type ViewPage, type ViewQuery, viewId } from '../../../core/port/view-store.ts'
import { ENOUGH } from './events.ts'

/** The projection version that the cases use where it does not matter. */
export const PROJECTION = { projection: 'overview', version: 1 } as const

/** A view document. */
export function view(key: string, data: JsonObject | null, more: Partial<ViewDocument> = {}): ViewDocument {
  const ref = { ...PROJECTION, key, ...more }
  const tidemarks = [{ min: '', max: 'FF', lsn: 7, hash: '0A', version: 3 }]
  return { ...ref, id: viewId(ref), data, incarnation: 'one', tidemarks, ...more }
}

/** Saves views that do not exist yet. */
export async function saveViews(
  storage: StoragePort,
  data: Readonly<Record<string, JsonObject | null>>,
): Promise<void> {
  await Promise.all(Object.entries(data).map(([key, of]) => storage.viewStore.save(view(key, of), 'ifAbsent')))
}

/** The keys that a query finds, page after page; `between` is called between two pages. */
export async function keysOf(
  storage: StoragePort,
  query: Partial<ViewQuery> = {},
  between: () => Promise<unknown> = async () => {},
): Promise<string[]> {
  const keys: string[] = []
  let after: string | undefined
  for (let pages = 0; pages < ENOUGH; pages++) {
    const page: ViewPage = await storage.viewStore.query({ ...PROJECTION, ...query, ...(after && { after }) })
    keys.push(...page.views.map(({ document }) => document.key))
    after = page.next
    if (after === undefined) return keys
    await between()
  }
  assert.fail(`The query has no last page after ${ENOUGH} pages`)
}
