import type { LeaseDocument, LeaseStore } from '../port/lease-store.ts'
import type { StoragePort } from '../port/storage.ts'
import { fullInterval } from '../positions/hash-interval.ts'

/**
 * The reserved projection under which pauses are kept among the leases, one document for each projection version that
 * was ever paused. Workers follow the leases anyway, so they learn of a pause at no further cost. No projection can take
 * this name.
 */
export const PAUSES = '$pauses'

/** A projection version, or a reaction. */
export type VersionName = { readonly projection: string; readonly version: number }

/** The id of a pause among the leases. */
export const pauseId = ({ projection, version }: VersionName): string => `${PAUSES}:1:${projection}:${version}`

/** What a document among the leases says of a pause; undefined for any other document. */
export function pauseIn(document: LeaseDocument): (VersionName & { readonly since: string | null }) | undefined {
  const { of, since } = document as { readonly of?: unknown; readonly since?: unknown }
  if (document.projection !== PAUSES || typeof of !== 'object' || of === null) return undefined
  return { ...(of as VersionName), since: typeof since === 'string' ? since : null }
}

/** Since when a projection version is paused: ISO 8601 in UTC; null when it is not. */
export async function pausedSince(leases: LeaseStore, which: VersionName): Promise<string | null> {
  const found = await leases.get(pauseId(which))
  return (found && pauseIn(found.document)?.since) ?? null
}

/**
 * Stores that a projection version is paused, or is not. A document stays when the pause ends, since a store may not
 * tell workers what was removed. Where it says the same already, nothing is saved.
 *
 * @param since since when: ISO 8601 in UTC; null to end the pause
 * @returns what held before
 */
export async function savePause(
  { leases, incarnation }: Pick<StoragePort, 'leases' | 'incarnation'>,
  which: VersionName,
  since: string | null,
): Promise<string | null> {
  const { projection, version } = which
  const id = pauseId(which)
  for (;;) {
    const found = await leases.get(id)
    const before = (found && pauseIn(found.document)?.since) ?? null
    if ((before === null) === (since === null)) return before
    const place = { owner: null, expiresAt: 0, continuation: null, readTo: 0, range: fullInterval, incarnation }
    const document = { ...place, id, projection: PAUSES, version: 1, of: { projection, version }, since }
    if ((await leases.save(document, found ? { ifMatch: found.etag } : 'ifAbsent')).saved) return before
  }
}

/** Removes what is stored of pauses of a version that nothing runs. */
export async function removePause(leases: LeaseStore, which: VersionName): Promise<void> {
  for (;;) {
    const found = await leases.get(pauseId(which))
    if (found === undefined || (await leases.remove(found.document.id, found.etag))) return
  }
}
