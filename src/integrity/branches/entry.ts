import { idFault } from '../../core/ids.ts'
import { canonicalJson } from '../../core/json/canonical-json.ts'
import type { Json } from '../../core/json/json.ts'
import { type Hash, leafHash, sha256 } from '../merkle/hash.ts'
import { parseSeal } from '../seals/seal.ts'
import type { Sealable, SealedContent } from '../seals/sealable.ts'

/**
 * What a branch says of a document, short, because there is one for each. The tree of a branch is built over entries,
 * so that all of it is committed to.
 */
export type BranchEntry = readonly [
  key: string,
  /** The leaf hash of the document's content with its salt, as base64url. */
  digest: string,
  /** A short hash of its tidemarks, as base64url. */
  marks: string,
  /** The highest LSN of its tidemarks, or the version of a snapshot: it only ever grows. */
  reached: number,
]

/** An entry with the salt of its page. */
export type SaltedEntry = { readonly entry: BranchEntry; readonly salt: string }

// So few bytes tell whether the tidemarks moved; who wants to change a view unnoticed must find the whole digest.
const MARK_BYTES = 8

/** The entry of a document. @param salt what hides the content of a document without a seal */
export const entryOf = (document: Sealable, salt: string): BranchEntry => [
  document.content.key,
  digestOf(document.content, parseSeal(document.seal)?.salt ?? salt),
  marksOf(document),
  reachedBy(document),
]

/** The leaf of an entry in the tree of its branch. */
export const entryLeaf = (entry: BranchEntry): Hash => leafHash(canonicalJson(entry as unknown as Json))

/** The digest of a document's content. */
export const digestOf = (content: SealedContent, salt: string): string =>
  Buffer.from(leafHash(canonicalJson({ ...content, salt }))).toString('base64url')

/** A short hash of where a document was computed up to. */
export const marksOf = ({ content: { tidemarks } }: Sealable): string =>
  Buffer.from(sha256(canonicalJson(tidemarks)).subarray(0, MARK_BYTES)).toString('base64url')

/** How far a document was computed, as a number. */
export function reachedBy({ content: { tidemarks } }: Sealable): number {
  const marks = Array.isArray(tidemarks) ? tidemarks : [{ lsn: (tidemarks as { version?: Json })?.version }]
  return Math.max(0, ...(marks as readonly { readonly lsn?: Json }[]).map(({ lsn }) => Number(lsn) || 0))
}

/** Whether a stored value is an entry. */
export function isEntry(value: unknown): value is BranchEntry {
  if (!Array.isArray(value) || value.length !== 4) return false
  const [key, digest, marks, reached] = value
  return (
    idFault(key) === undefined && typeof digest === 'string' && typeof marks === 'string' && Number.isFinite(reached)
  )
}
