import type { Claim, WorkRecord } from './work-record.ts'

// Nonces are found or not, wherever one searches: a chunk that is lost, or searched twice, costs nothing but that. So
// claims need no care about clocks: they only keep hosts from doing the same at the same time.

/** How long a claim may last, in milliseconds. One that says more comes from a clock that was wrong. */
const LONGEST_CLAIM = 24 * 3_600_000

// A host that dies leaves its claims; the document must not grow with them.
const MOST_CLAIMS = 256

/** Who claims, and how long it may take: milliseconds. */
export type Claimant = { readonly by: string; readonly now: number; readonly claimTime: number }

/**
 * Gives up a chunk that was searched, and claims another one: one whose claim expired, or the next.
 *
 * @param searched the chunk to give up, if there is one; it stays with who has taken it over in the meantime
 */
export function claimChunk(
  record: WorkRecord,
  { by, now, claimTime }: Claimant,
  searched?: number,
): { readonly record: WorkRecord; readonly chunk: number } {
  const others = withoutChunk(record.claims, by, searched)
  const expired = others.find(({ until }) => until <= now || until > now + LONGEST_CLAIM)
  const chunk = expired?.chunk ?? record.next
  const kept = others.filter((claim) => claim !== expired).slice(1 - MOST_CLAIMS)
  const claims = [...kept, { chunk, by, until: Math.floor(now + Math.min(claimTime, LONGEST_CLAIM)) }]
  return { record: { ...record, claims, next: Math.max(record.next, chunk + 1) }, chunk }
}

/** Gives up all chunks of a host. */
export const releaseChunks = (record: WorkRecord, by: string): WorkRecord => ({
  ...record,
  claims: record.claims.filter((claim) => claim.by !== by),
})

const withoutChunk = (claims: readonly Claim[], by: string, chunk: number | undefined): readonly Claim[] =>
  claims.filter((claim) => claim.by !== by || claim.chunk !== chunk)
