import { badRequest, tooLarge } from '../errors.ts'
import type { ItemBody, JsonValue } from '../types.ts'
import { checkNesting } from './nesting.ts'

/** The largest document and the largest request, in bytes. */
export const MAX_DOCUMENT_BYTES = 2 * 1024 * 1024

const MAX_ID_BYTES = 1023
const MAX_LEVELS = 128

/**
 * Checks a document as a client sends it, and copies it.
 *
 * @returns the document without the fields that the server sets, and its size in bytes
 * @throws CosmosError 400 when it is no object, its id or `ttl` breaks the rules or it is nested too deep, 413 over 2 MB
 */
export function checkedDocument(sent: unknown): { readonly body: ItemBody; readonly bytes: number } {
  checkNesting(sent, MAX_LEVELS)
  const text = JSON.stringify(sent)
  const bytes = Buffer.byteLength(text ?? '')
  if (bytes > MAX_DOCUMENT_BYTES) throw tooLarge()
  const copy: JsonValue = text === undefined ? null : JSON.parse(text)
  if (typeof copy !== 'object' || copy === null || Array.isArray(copy)) {
    throw badRequest('The document body must be an object.')
  }
  const { _rid, _self, _etag, _attachments, _ts, _lsn, id, ...body } = copy
  if (body.ttl !== undefined) checkTtl(body.ttl)
  return { body: { id: checkedItemId(id), ...body }, bytes }
}

/** The longest time to live, in seconds. */
const MAX_TTL = 2 ** 31 - 1

function checkTtl(ttl: JsonValue): void {
  if (ttl === -1 || (Number.isInteger(ttl) && Number(ttl) > 0 && Number(ttl) <= MAX_TTL)) return
  const rule = `a nonzero positive integer less than or equal to '${MAX_TTL}', or -1 which means never expire`
  throw badRequest(`The input ttl '${JSON.stringify(ttl)}' is invalid. Ensure to provide ${rule}.`)
}

/**
 * Checks the name of a database, a container or a stored procedure.
 *
 * @throws CosmosError 400
 */
export function checkedName(id: unknown): string {
  if (typeof id !== 'string' || !/^[^/\\?#]{0,254}[^/\\?# ]$/u.test(id)) {
    throw badRequest(`The input name '${String(id)}' is invalid.`)
  }
  return id
}

function checkedItemId(id: JsonValue | undefined): string {
  if (typeof id !== 'string' || id === '') {
    throw badRequest("The input content is invalid because the required property 'id' is missing.")
  }
  if (/[/\\]/.test(id) || Buffer.byteLength(id) > MAX_ID_BYTES) {
    throw badRequest(`The input id '${id.slice(0, 80)}' is invalid.`)
  }
  return id
}
