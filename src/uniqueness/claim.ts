import { StorageCorrupt } from '../core/errors/storage.ts'
import type { Stored } from '../core/port/save.ts'
import { type ViewDocument, type ViewRef, viewId } from '../core/port/view-store.ts'
import { formatStreamId, parseStreamId } from '../core/stream-id.ts'

/** The reserved projection whose views are claims, one for each value. */
export const UNIQUE = '$unique'

/** The version of the claims' format. */
export const CLAIMS_VERSION = 1

/** The key of the document that all claims share. Those of claims are hashes in base64url, so none begins like this. */
export const ROOT_KEY = '$root'

/**
 * A version of an owner's stream, or of one of its streams if it has periods. A claim names the version at which the
 * append that it was made for begins: whatever is stored there decides what became of that append.
 */
export type ClaimSlot = {
  /** The owner's stream id, without a period. */
  readonly owner: string
  /** The period whose stream it is; absent for the stream without one, where the first period is decided on. */
  readonly period?: string
  readonly at: number
}

/** Who claims a value, and for which append. */
export type Claim = ClaimSlot & {
  /** When it was made, ISO 8601 in UTC, by the claimant's clock. Information for people; no decision depends on it. */
  readonly since: string
}

/** The slot at a version of a stream. @throws InvalidStreamId */
export function slotAt(streamId: string, at: number): ClaimSlot {
  const { category, id, period } = parseStreamId(streamId)
  return { owner: formatStreamId({ category, id }), ...(period !== undefined && { period }), at }
}

/** The stream that a slot is in. */
export const streamOf = ({ owner, period }: ClaimSlot): string => (period === undefined ? owner : `${owner}:${period}`)

/** The order of the slots of one owner: by period, of which the stream without one comes first, then by version. */
export function compareSlots(a: Omit<ClaimSlot, 'owner'>, b: Omit<ClaimSlot, 'owner'>): number {
  const [before, after] = [a.period ?? '', b.period ?? '']
  if (before !== after) return before < after ? -1 : 1
  return a.at - b.at
}

/** Where the claim with a key is stored. */
export const claimRef = (key: string): ViewRef => ({ projection: UNIQUE, version: CLAIMS_VERSION, key })

/** The document of a claim. */
export function claimDocument(key: string, { owner, period, at, since }: Claim, incarnation: string): ViewDocument {
  const data = { owner, ...(period !== undefined && { period }), at, since }
  return { ...documentOf(key, incarnation), data }
}

/** A document among the claims, still without data. */
export const documentOf = (key: string, incarnation: string): ViewDocument => ({
  ...claimRef(key),
  id: viewId(claimRef(key)),
  incarnation,
  tidemarks: [],
  data: null,
})

/** @throws StorageCorrupt if the document is not a claim */
export function parseClaim({ document }: Stored<ViewDocument>): Claim {
  const { owner, period, at, since } = (document.data ?? {}) as Partial<Record<keyof Claim, unknown>>
  const isValid = typeof owner === 'string' && Number.isSafeInteger(at) && (at as number) >= 1
  if (!isValid || (period !== undefined && typeof period !== 'string')) {
    throw new StorageCorrupt(`The document ${document.id} is not a claim`)
  }
  return { owner, ...(period !== undefined && { period }), at: at as number, since: String(since) }
}
