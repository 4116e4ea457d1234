import type { Json } from '../../core/json/json.ts'
import { isSameJson } from '../../core/json/same-json.ts'
import type { SaveCondition, SaveResult, Stored } from '../../core/port/save.ts'
import { AnswerLost, refusalOf } from './client/failures/errors.ts'
import {
  createItem,
  deleteItem,
  type OwnDocument,
  type RawDocument,
  readItem,
  readItemAtPrimary,
  replaceItem,
} from './client/items.ts'
import type { OpenContainer } from './client/open-container.ts'
import type { Operation } from './client/operation.ts'
import { SERVER_FIELDS } from './documents.ts'

const SYSTEM_FIELDS: ReadonlySet<string> = new Set(SERVER_FIELDS)

// For a write they mean: no such document, the id is taken, the precondition failed.
const NOT_DONE: ReadonlySet<number | undefined> = new Set([404, 409, 412])

/** The document without the server's own fields, and its ETag. */
export function toStored<T>(raw: RawDocument): Stored<T> {
  const document = Object.fromEntries(Object.entries(raw).filter(([field]) => !SYSTEM_FIELDS.has(field)))
  return { document: document as T, etag: raw._etag }
}

/**
 * Reads a document by its id, which is its partition key, too.
 *
 * @param options.atPrimary asks the primary replica, which never lags
 */
export async function readDocument<T>(
  operation: Operation,
  open: OpenContainer,
  id: string,
  { atPrimary = false }: { readonly atPrimary?: boolean } = {},
): Promise<Stored<T> | undefined> {
  const raw = await (atPrimary ? readItemAtPrimary : readItem)(operation, open, id)
  return raw && toStored<T>(raw)
}

/**
 * Saves a document if the condition holds. If the response to a write is lost, the document shows whether it was done:
 * if the stored one is what was to be saved, it was.
 */
export async function saveDocument(
  operation: Operation,
  open: OpenContainer,
  document: OwnDocument,
  condition: SaveCondition,
): Promise<SaveResult> {
  if (condition !== 'ifAbsent' && !isEtag(condition.ifMatch)) return { saved: false }
  const { id } = document
  let isUnsure = false
  for (let attempt = 0; ; attempt++) {
    try {
      const etag =
        condition === 'ifAbsent'
          ? await createItem(operation, open, document)
          : await replaceItem(operation, open, document, condition.ifMatch)
      return { saved: true, etag }
    } catch (error) {
      if (!(error instanceof AnswerLost) && !NOT_DONE.has(refusalOf(error))) throw error
      isUnsure ||= error instanceof AnswerLost
      if (!isUnsure) return { saved: false }
      const found = await readDocument<OwnDocument>(operation, open, id)
      if (found !== undefined && isSameJson(found.document, document as Json)) return { saved: true, etag: found.etag }
      // It does not exist, or is not visible yet: only the server knows, and after its refusal what was read is what is
      // stored.
      if (!(error instanceof AnswerLost)) return { saved: false }
    }
    await operation.again(attempt)
  }
}

/** Removes a document if it is still the one that was read; returns whether this removed it. */
export async function removeDocument(
  operation: Operation,
  open: OpenContainer,
  id: string,
  etag: string,
): Promise<boolean> {
  if (!isEtag(etag)) return false
  let isUnsure = false
  for (let attempt = 0; ; attempt++) {
    try {
      await deleteItem(operation, open, id, { kind: 'write', etag })
      return true
    } catch (error) {
      // After a lost response, its absence is most likely the effect of this call.
      if (isUnsure && refusalOf(error) === 404) return true
      if (NOT_DONE.has(refusalOf(error))) return false
      if (!(error instanceof AnswerLost)) throw error
      isUnsure = true
    }
    await operation.again(attempt)
  }
}

// Any other text is not a document's ETag, and an empty one would be sent as no condition at all.
const isEtag = (etag: string): boolean => /^"[\x21-\x7e]+"$/.test(etag)
