import { InvalidProof } from '../../core/errors/integrity.ts'
import { canonicalJson } from '../../core/json/canonical-json.ts'
import { isJsonObject, type Json, type JsonObject } from '../../core/json/json.ts'
import type { Header } from '../ledger/blocks/block.ts'
import { isHeader } from '../ledger/blocks/parse-block.ts'
import { isCount } from '../ledger/shapes.ts'
import { type Hash, hashesText, parseHashes } from '../merkle/hash.ts'

/** The way from an event to the header of its block, which a proof carries as its extra data. */
export type EventPath = {
  readonly header: Header
  /** The index of the event's leaf in the block, from 0. */
  readonly leaf: number
  /** The path from the leaf to the root of the block. */
  readonly path: readonly Hash[]
  /** The salt of the stream, if the event has none of its own. */
  readonly salt?: string
}

/** The bytes of a path: canonical JSON, so that there is one spelling only. */
export function formatEventPath({ header, leaf, path, salt }: EventPath): Uint8Array {
  const members = { header: header as Json, leaf, path: hashesText(path), ...(salt !== undefined && { salt }) }
  return Buffer.from(canonicalJson(members))
}

/** @throws InvalidProof if the bytes are not exactly a path */
export function parseEventPath(bytes: Uint8Array | undefined): EventPath {
  const found = bytes && parseJson(bytes)
  if (!isJsonObject(found)) throw invalid()
  const { header, leaf, path: text, salt } = found
  const path = parseHashes(text)
  const hasHeader = isJsonObject(header) && isCount(header.n) && isHeader(header, header.n)
  if (!hasHeader || !isCount(leaf) || path === undefined) throw invalid()
  if (salt !== undefined && typeof salt !== 'string') throw invalid()
  const parsed = { header: header as unknown as Header, leaf, path, ...(salt !== undefined && { salt }) }
  if (Buffer.compare(formatEventPath(parsed), bytes as Uint8Array) !== 0) throw invalid()
  return parsed
}

function parseJson(bytes: Uint8Array): JsonObject | undefined {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes))
  } catch {
    return undefined
  }
}

const invalid = () => new InvalidProof('Not a proof of an event: its extra data is not the path within a block')
