import type { StoragePort } from '../../core/port/storage.ts'
import { findVault } from '../vault/find-vault.ts'
import { KeyStore } from '../vault/key-store.ts'
import { countPeople, type PeopleCounts } from './status.ts'

/** How far forgetting is: numbers only, and no id. */
export type ForgettingProgress = PeopleCounts & {
  /** Since when the first of those who are overdue has been: ISO 8601 in UTC, or null. Of many, it is that of some. */
  readonly overdueSince: string | null
}

/**
 * Tells how far forgetting is, by the stored documents alone: it needs no master key, and opens nothing.
 *
 * @param now milliseconds since 1970
 * @returns undefined if the storage contains no vault
 * @throws KeysUnavailable, VaultMismatch
 */
export async function forgettingProgress(
  keys: Pick<StoragePort, 'viewStore'>,
  now: number,
): Promise<ForgettingProgress | undefined> {
  if ((await findVault(keys)) === undefined) return undefined
  const store = new KeyStore(keys.viewStore)
  const counts = await countPeople(store, now)
  return { ...counts, overdueSince: counts.overdue === 0 ? null : await firstDue(store, now) }
}

async function firstDue(store: KeyStore, now: number): Promise<string | null> {
  const lte = new Date(now).toISOString()
  for await (const page of store.pages({ 'marker.due': { lte } })) {
    const due = page.flatMap(({ stored }) => stored().document.marker?.due ?? [])
    return due.sort()[0] ?? null
  }
  return null
}
