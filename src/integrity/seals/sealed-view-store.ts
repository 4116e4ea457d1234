import { SealWrong } from '../../core/errors/integrity.ts'
import type { Stored } from '../../core/port/save.ts'
import { isReservedProjection, type ViewDocument, type ViewStore, viewId } from '../../core/port/view-store.ts'

/** How documents of one kind are sealed and checked. */
export type Sealing<Document> = {
  /** The document with its seal. @throws NotJson */
  seal(document: Document): Document
  /** What keeps a document from being used, or undefined. */
  errorIn(document: Document): Error | undefined
}

/**
 * A view store that seals what it saves and checks what it reads, except reserved projections, which no handler folds.
 *
 * A view whose seal is missing or wrong is still found, but looking at its document throws. So it fails for the
 * reader that needs it, and not for others whose views were read in the same call.
 */
export function sealedViewStore(store: ViewStore, sealing: Sealing<ViewDocument>): ViewStore {
  const checked = (found: Stored<ViewDocument>, id?: string): Stored<ViewDocument> => {
    const error =
      id !== undefined && viewId(found.document) !== id ? new SealWrong('View', id) : sealing.errorIn(found.document)
    return error === undefined ? found : untrusted(found.etag, error)
  }
  return {
    ...store,
    async get(ref) {
      const found = await store.get(ref)
      return found && !isReservedProjection(ref.projection) ? checked(found, viewId(ref)) : found
    },
    async getMany(projection, version, keys) {
      const found = await store.getMany(projection, version, keys)
      if (isReservedProjection(projection)) return found
      return new Map([...found].map(([key, one]) => [key, checked(one, viewId({ projection, version, key }))]))
    },
    async query(query) {
      const page = await store.query(query)
      return isReservedProjection(query.projection) ? page : { ...page, views: page.views.map((one) => checked(one)) }
    },
    save: async (document, condition) =>
      store.save(isReservedProjection(document.projection) ? document : sealing.seal(document), condition),
  }
}

function untrusted(etag: string, error: Error): Stored<ViewDocument> {
  return {
    etag,
    get document(): ViewDocument {
      throw error
    },
  }
}
