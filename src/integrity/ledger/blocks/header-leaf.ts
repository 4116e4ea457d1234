import { canonicalJson } from '../../../core/json/canonical-json.ts'
import type { Json } from '../../../core/json/json.ts'
import { type Hash, hashText, leafHash, sha256 } from '../../merkle/hash.ts'
import type { Body, Header } from './block.ts'

/** The leaf of a block in the ledger's tree: the leaf hash of its header's canonical JSON. */
export const headerLeaf = (header: Header): Hash => leafHash(canonicalJson(header as Json))

/** What a header says of the places and the continuations: the SHA-256 of the canonical JSON of both, as base64. */
// Without objects, and with texts and whole numbers only, what JSON.stringify writes is canonical.
export const hashOfPlaces = ({ places, continuations }: Pick<Body, 'places' | 'continuations'>): string =>
  hashText(sha256(JSON.stringify([places, continuations])))
