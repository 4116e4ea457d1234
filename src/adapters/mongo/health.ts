import type { Db } from 'mongodb'
import { type StorageHealth, timedPing } from '../../core/port/storage-health.ts'
import type { Handle } from './handle.ts'

/** `StoragePort.health`: what `dbStats` tells, which reads no data. The disk is that of the server that responded. */
export async function healthOf(handle: Handle, database: Db, ping: () => Promise<void>): Promise<StorageHealth> {
  const milliseconds = await timedPing(ping)
  const stats = await handle.run(({ session }) => database.command({ dbStats: 1 }, { session }))
  const { storageSize, indexSize, fsTotalSize, fsUsedSize } = stats
  const [stored, indexed, total, used] = [storageSize, indexSize, fsTotalSize, fsUsedSize].map(sizeOf)
  return {
    ping: milliseconds,
    bytes: stored == null || indexed == null ? null : stored + indexed,
    // Services that share a disk among their customers do not tell of it.
    disk: !total || used == null ? null : { free: Math.max(0, total - used), total },
    files: [],
  }
}

const sizeOf = (value: unknown): number | null => (typeof value === 'number' && value >= 0 ? value : null)
