import { VaultMismatch } from '../../../core/errors/vault.ts'
import { keysOf } from '../../../core/events/sealing/sealed-data.ts'
import type { StoragePort } from '../../../core/port/storage.ts'

/**
 * Asserts that a log for which a vault is about to be created contains nothing that another vault sealed, as it does
 * after a backup was restored without its keys. Once a second vault exists, the first one's keys could not be put back.
 *
 * @param most how many events are read
 * @throws VaultMismatch
 */
export async function assertNoSealedData({ events }: Pick<StoragePort, 'events'>, most: number): Promise<void> {
  const reason = 'The log contains personal data that another vault sealed'
  const mismatch = new VaultMismatch(`${reason}: put back its keys first, with tidemark vault copy`)
  for await (const _ of events.streams({ category: '$privacy', limit: 1 })) throw mismatch
  let read = 0
  for await (const event of events.query({})) {
    if (keysOf(event.eventData).length > 0) throw mismatch
    if (++read >= most) return
  }
}
