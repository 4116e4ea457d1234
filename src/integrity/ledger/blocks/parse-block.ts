import { isJsonObject, type JsonObject } from '../../../core/json/json.ts'
import { isTime } from '../../../core/stored-time.ts'
import { parseBase64 } from '../../base64.ts'
import { HASH_SIZE, parseHash } from '../../merkle/hash.ts'
import { isCount, isInterval, isPartReference, isPosition } from '../shapes.ts'
import { type Block, eventsIn } from './block.ts'

/**
 * The block in a stored document, or undefined if it does not have the shape of one: whatever is read from a ledger may
 * have been edited. That its hashes are right is left to a verification.
 *
 * @param n the number under which it is stored
 */
export function parseBlock(content: unknown, n: number): Block | undefined {
  if (!isJsonObject(content) || !hasOnly(content, ['header', 'body'])) return undefined
  const { header, body } = content
  if (!isJsonObject(header) || !isJsonObject(body) || !isHeader(header, n)) return undefined
  const parts = header.parts as Block['header']['parts']
  return isBody(body, parts) ? (content as unknown as Block) : undefined
}

const MEMBERS = ['v', 'n', 'kind', 'previous', 'incarnation', 'parts', 'root', 'places', 'at']

/** Whether a value has the shape of the header of a block. @param n the number under which it is stored */
export function isHeader(header: JsonObject, n: number): boolean {
  const { v, kind, previous, incarnation, parts, root, places, at } = header
  const extra = kind === 'branch' ? ['branch'] : kind === 'restart' ? ['restarted'] : []
  if (!hasOnly(header, [...MEMBERS, ...extra])) return false
  if (v !== 1 || header.n !== n || typeof incarnation !== 'string' || !isTime(at)) return false
  if (n === 0 ? previous !== null : parseHash(previous) === undefined) return false
  if (parseHash(root) === undefined || parseHash(places) === undefined) return false
  if (!Array.isArray(parts) || !parts.every(isPart)) return false
  if (kind === 'events') return parts.length > 0
  if (parts.length > 0) return false
  return kind === 'branch' ? isBranch(header.branch) : kind === 'restart' && isRestarted(header.restarted)
}

function isPart(part: unknown): boolean {
  if (!isJsonObject(part) || !hasOnly(part, ['range', 'after', 'from', 'to', 'events'])) return false
  const { range, after, from, to, events } = part
  return (
    isInterval(range) &&
    isPosition(to) &&
    isCount(events) &&
    events > 0 &&
    (after === null ? from === null : isPartReference(after) && isPosition(from))
  )
}

function isBranch(branch: unknown): boolean {
  if (!isJsonObject(branch)) return false
  const { name, after, count, root, definition, of } = branch
  return (
    hasOnly(branch, ['name', 'after', 'count', 'root', 'definition', 'of']) &&
    typeof name === 'string' &&
    (after === null || isCount(after)) &&
    isCount(count) &&
    parseHash(root) !== undefined &&
    (definition === null || typeof definition === 'string') &&
    (of === null || isCount(of))
  )
}

function isRestarted(restarted: unknown): boolean {
  if (!isJsonObject(restarted) || !hasOnly(restarted, ['origin', 'size', 'root', 'reason', 'note'])) return false
  const { origin, size, root, reason, note } = restarted
  if (note !== null && typeof note !== 'string') return false
  return typeof origin === 'string' && isCount(size) && parseHash(root) !== undefined && typeof reason === 'string'
}

function isBody(body: JsonObject, parts: Block['header']['parts']): boolean {
  const { leaves, places, continuations } = body
  if (!hasOnly(body, ['leaves', 'places', 'continuations'])) return false
  const events = eventsIn(parts)
  return (
    isHashes(leaves, events) &&
    Array.isArray(places) &&
    places.length === events &&
    places.every(isPlace) &&
    Array.isArray(continuations) &&
    continuations.length === parts.length &&
    continuations.every((one) => typeof one === 'string')
  )
}

const isHashes = (text: unknown, count: number): boolean =>
  typeof text === 'string' && parseBase64(text)?.length === count * HASH_SIZE

function isPlace(place: unknown): boolean {
  if (!Array.isArray(place) || place.length !== 3) return false
  const [streamId, version, lsn] = place
  return typeof streamId === 'string' && isCount(version) && version > 0 && isCount(lsn)
}

function hasOnly(object: JsonObject, members: readonly string[]): boolean {
  const names = Object.keys(object)
  return names.length === members.length && members.every((name) => Object.hasOwn(object, name))
}
