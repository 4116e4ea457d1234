import { canonicalJson } from '../../core/events/canonical.ts'
import type { Json } from '../../core/json.ts'
import type { SaveCondition, SaveResult, Stored } from '../../core/port/save.ts'
import { AnswerLost, refusalOf } from './client/errors.ts'
import type { Operation, SentOptions } from './client/request.ts'
import type { OpenContainer } from './handle.ts'

/** A document of ours that has its id for partition key. */
type OwnDocument = { readonly id: string }

/** A document as the container holds it. */
export type RawDocument = { readonly id: string; readonly _etag: string; readonly [field: string]: unknown }

const SYSTEM_FIELDS: ReadonlySet<string> = new Set(['_rid', '_self', '_etag', '_attachments', '_ts', '_lsn'])

// What they say of a write: no such document, the id is taken, the precondition does not hold.
const NOT_DONE: ReadonlySet<number | undefined> = new Set([404, 409, 412])

/** The document without what the server adds, and its ETag. */
export function toStored<T>(raw: RawDocument): Stored<T> {
  const document = Object.fromEntries(Object.entries(raw).filter(([field]) => !SYSTEM_FIELDS.has(field)))
  return { document: document as T, etag: raw._etag }
}

/** Reads a document by its id and its partition key, which is the same but for events. */
export async function readDocument<T>(
  operation: Operation,
  { container, sessions }: OpenContainer,
  id: string,
  partitionKey = id,
): Promise<Stored<T> | undefined> {
  const { resource } = await operation.request({
    sessions,
    kind: 'read',
    send: (options) => container.item(id, partitionKey).read<RawDocument>(options),
  })
  return resource && toStored<T>(resource)
}

/**
 * Saves a document if the condition holds. When the answer to a write is lost, the document tells what became of it:
 * if what is there is what was to be saved, it was saved.
 */
export async function saveDocument(
  operation: Operation,
  open: OpenContainer,
  document: OwnDocument,
  condition: SaveCondition,
): Promise<SaveResult> {
  if (condition !== 'ifAbsent' && !isEtag(condition.ifMatch)) return { saved: false }
  const { container, sessions } = open
  const { id } = document
  const send = (options: SentOptions) =>
    condition === 'ifAbsent'
      ? container.items.create({ ...document }, options)
      : container.item(id, id).replace({ ...document }, { ...options, accessCondition: ifMatch(condition.ifMatch) })
  let isUnsure = false
  for (let attempt = 0; ; attempt++) {
    try {
      const { resource, etag } = await operation.request({ sessions, kind: 'write', send })
      return { saved: true, etag: (resource as RawDocument | undefined)?._etag ?? etag }
    } catch (error) {
      if (!(error instanceof AnswerLost) && !NOT_DONE.has(refusalOf(error))) throw error
      isUnsure ||= error instanceof AnswerLost
      if (!isUnsure) return { saved: false }
      const found = await readDocument<OwnDocument>(operation, open, id)
      if (found !== undefined && sameDocument(found.document, document)) return { saved: true, etag: found.etag }
      // Not there, or not yet seen: only the server can say, and after its refusal what was read is what there is.
      if (!(error instanceof AnswerLost)) return { saved: false }
    }
    await operation.again(attempt)
  }
}

/** Removes a document if it is still the one that was read; answers whether it is gone by this. */
export async function removeDocument(
  operation: Operation,
  { container, sessions }: OpenContainer,
  id: string,
  etag: string,
): Promise<boolean> {
  if (!isEtag(etag)) return false
  let isUnsure = false
  for (let attempt = 0; ; attempt++) {
    try {
      const send = (options: SentOptions) =>
        container.item(id, id).delete({ ...options, accessCondition: ifMatch(etag) })
      await operation.request({ sessions, kind: 'write', send })
      return true
    } catch (error) {
      // After a lost answer, its absence is most likely our own doing.
      if (isUnsure && refusalOf(error) === 404) return true
      if (NOT_DONE.has(refusalOf(error))) return false
      if (!(error instanceof AnswerLost)) throw error
      isUnsure = true
    }
    await operation.again(attempt)
  }
}

// Any other text is no document's ETag, and an empty one would be sent as no condition at all.
const isEtag = (etag: string): boolean => /^"[\x21-\x7e]+"$/.test(etag)

// The SDK takes every other spelling for If-None-Match.
const ifMatch = (etag: string) => ({ type: 'IfMatch', condition: etag })

const sameDocument = (a: unknown, b: unknown): boolean => canonicalJson(a as Json) === canonicalJson(b as Json)
