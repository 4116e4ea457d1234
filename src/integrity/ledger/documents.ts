import { isJsonObject, type JsonObject } from '../../core/json/json.ts'
import type { SaveCondition, Stored } from '../../core/port/save.ts'
import { type ViewDocument, type ViewStore, viewId } from '../../core/port/view-store.ts'

/** The documents of one kind of a ledger. */
export type Documents = ReturnType<typeof documentsOf>

type Kind = { readonly projection: string; readonly version: number; readonly incarnation: string }

/**
 * Reads and saves documents under a reserved projection. What they hold is beside the view's data: no query of views
 * returns them, and no database indexes them (Cosmos DB indexes the data only).
 */
export function documentsOf(viewStore: ViewStore, { projection, version, incarnation }: Kind) {
  const refOf = (key: string) => ({ projection, version, key })
  const get = (key: string) => viewStore.get(refOf(key))
  return {
    async get(key: string): Promise<Stored<JsonObject> | undefined> {
      const stored = await get(key)
      return stored && { document: contentOf(stored.document), etag: stored.etag }
    },
    async has(n: number): Promise<boolean> {
      return n >= 0 && (await get(String(n))) !== undefined
    },
    async getMany(keys: readonly string[]): Promise<Map<string, JsonObject>> {
      if (keys.length === 0) return new Map()
      const found = await viewStore.getMany(projection, version, keys)
      return new Map([...found].map(([key, { document }]) => [key, contentOf(document)]))
    },
    /** @returns the new ETag, or undefined if the condition does not hold */
    async save(key: string, content: JsonObject, condition: SaveCondition): Promise<string | undefined> {
      const ref = refOf(key)
      const document = { ...ref, id: viewId(ref), incarnation, tidemarks: [], data: null, content }
      const result = await viewStore.save(document, condition)
      return result.saved ? result.etag : undefined
    },
    async remove(key: string): Promise<void> {
      for (let stored = await get(key); stored !== undefined; stored = await get(key)) {
        if (await viewStore.remove(refOf(key), stored.etag)) break
      }
      await viewStore.scrub?.()
    },
  }
}

// What is read may have been edited; the caller finds that members are missing.
const contentOf = ({ content }: ViewDocument): JsonObject => (isJsonObject(content) ? content : {})
