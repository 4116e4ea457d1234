import type { StoragePort } from '../../core/port/storage.ts'
import { type StorageHealth, timedPing } from '../../core/port/storage-health.ts'
import { reportOf } from '../../processor/failures.ts'
import type { StorageCondition } from '../model/snapshot.ts'
import type { Read } from './part.ts'

/** Asks a storage whether it responds, and for its health if it tells any. */
export const readHealth = async (storage: StoragePort): Promise<StorageHealth> =>
  (await storage.health?.()) ?? { ping: await timedPing(() => storage.ping()), bytes: null, disk: null, files: [] }

/**
 * Creates a function that turns each result of {@link readHealth} into the condition of the storage, and counts how
 * many in a row succeeded or failed.
 *
 * @param kind what the storage's URL begins with
 */
export function createCondition(
  { incarnation, health }: Pick<StoragePort, 'incarnation' | 'health'>,
  kind: string,
): (read: Read<StorageHealth>) => StorageCondition {
  let [succeeded, failed] = [0, 0]
  return (read) => {
    const known = 'value' in read ? read.value : null
    if (known !== null) [succeeded, failed] = [succeeded + 1, 0]
    else [succeeded, failed] = [0, failed + 1]
    const { code, message } = reportOf(read.error, 0)
    return {
      ok: known !== null,
      ping: known?.ping ?? null,
      error: known !== null ? null : { code, message },
      succeeded,
      failed,
      health: health ? known : null,
      kind,
      incarnation,
    }
  }
}
