import { stat, statfs } from 'node:fs/promises'
import { basename } from 'node:path'
import { type FileHealth, type StorageHealth, timedPing } from '../../core/port/storage-health.ts'
import type { Handle } from './handle.ts'
import { type FileIdentity, walOf } from './sqlite/file-identity.ts'

/** `StoragePort.health`. @param ping fails if the storage was closed or moved */
export async function healthOf(folder: string, handle: Handle, ping: () => Promise<void>): Promise<StorageHealth> {
  const milliseconds = await timedPing(ping)
  const [files, { bavail, bsize, blocks }] = await Promise.all([
    Promise.all([handle.log, handle.documents].map(({ identity }) => fileHealth(identity))),
    statfs(folder),
  ])
  return {
    ping: milliseconds,
    bytes: files.reduce((sum, { bytes, walBytes }) => sum + bytes + walBytes, 0),
    disk: { free: bavail * bsize, total: blocks * bsize },
    files,
  }
}

async function fileHealth({ path }: FileIdentity): Promise<FileHealth> {
  const [file, wal] = await Promise.all([stat(path), stat(walOf(path))])
  return { name: basename(path), bytes: file.size, walBytes: wal.size }
}
