import { VaultMismatch } from '../../../core/errors/vault.ts'
import { keysOf } from '../../../core/events/sealing/sealed-data.ts'
import type { StoragePort } from '../../../core/port/storage.ts'
import { type FoundVault, findVault } from '../../../privacy/index.ts'

/**
 * Finds the vault of a log. Where there is none, asserts that the log contains nothing that another vault sealed, as it
 * does after a backup was restored without its keys: once there is a second vault, the keys of the first one could not
 * be put back.
 *
 * @param keys the storage of the keys
 * @param most how many events are read to find out
 * @returns undefined if there is none, and one may be created
 * @throws VaultMismatch; KeysUnavailable
 */
export async function findVaultOfLog(
  log: Pick<StoragePort, 'events'>,
  keys: Pick<StoragePort, 'viewStore'>,
  most: number,
): Promise<FoundVault | undefined> {
  const found = await findVault(keys)
  if (found !== undefined || !(await hasSealedData(log, most))) return found
  // Another process may have created it since, and sealed with it.
  const created = await findVault(keys)
  if (created !== undefined) return created
  const reason = 'The log contains personal data that another vault sealed'
  throw new VaultMismatch(`${reason}: put back its keys first, with tidemark vault copy`)
}

async function hasSealedData({ events }: Pick<StoragePort, 'events'>, most: number): Promise<boolean> {
  for await (const _ of events.streams({ category: '$privacy', limit: 1 })) return true
  let read = 0
  for await (const { eventData } of events.query({})) {
    if (keysOf(eventData).length > 0) return true
    if (++read >= most) return false
  }
  return false
}
