import { randomUUID } from 'node:crypto'
import { chmodSync, mkdirSync, renameSync, rmdirSync, rmSync } from 'node:fs'
import { dirname } from 'node:path'
import { Worker } from 'node:worker_threads'
import { StorageUnavailable } from '../../../core/errors/storage.ts'
import { toStorageError } from '../sqlite/errors.ts'
import { toFileError } from '../sqlite/file-errors.ts'
import { makeFolder } from '../sqlite/folder.ts'
import { syncPath } from '../sqlite/sync.ts'
import { toError } from '../writer/failure.ts'
import { THREAD_FLAGS } from '../writer/writer-thread.ts'
import type { BackupData, BackupOutcome } from './copy.ts'
import { lockTarget } from './lock.ts'
import { inspectTarget, partialOf, removeLeftovers } from './target.ts'

const THREAD = new URL(import.meta.url.endsWith('.ts') ? './copy.ts' : './copy.js', import.meta.url)

/**
 * Copies a folder's files into another folder. Everything is written beside it, made durable, and then renamed, so that
 * an interrupted copy is not mistaken for a complete one. The remains of such a copy are removed by the next one to the
 * same target. The copy is accessible to its owner only; an existing target keeps its mode.
 */
export async function backUp(source: string, target: string, files: BackupData['files']): Promise<void> {
  try {
    inspectTarget(source, target)
    await makeFolder(dirname(target))
    using _ = lockTarget(target)
    removeLeftovers(target)
    await makeBackup(source, target, files)
  } catch (error) {
    throw toStorageError(toFileError(error, target), target)
  }
}

async function makeBackup(source: string, target: string, files: BackupData['files']): Promise<void> {
  const partial = partialOf(target, randomUUID())
  try {
    mkdirSync(partial, { mode: 0o700 })
    await copy({ files, target: partial, incarnation: randomUUID() })
    syncPath(partial)
    const { mode } = inspectTarget(source, target)
    if (mode !== undefined) chmodSync(partial, mode)
    // On other platforms a rename replaces an empty folder.
    if (mode !== undefined && process.platform === 'win32') rmdirSync(target)
    renameSync(partial, target)
    syncPath(dirname(target))
  } catch (error) {
    rmSync(partial, { recursive: true, force: true })
    throw error
  }
}

// Copying takes long and blocks its thread, so it gets its own.
function copy(workerData: BackupData): Promise<void> {
  return new Promise((resolve, reject) => {
    const worker = new Worker(THREAD, { workerData, execArgv: THREAD_FLAGS, name: 'tidemark backup' })
    const died = (cause?: unknown) => reject(new StorageUnavailable('The thread of the backup failed', { cause }))
    worker.once('error', died)
    worker.once('message', (outcome: BackupOutcome) => {
      if (outcome === 'done') resolve()
      else reject(toError(outcome, outcome.path))
    })
    worker.once('exit', () => died())
  })
}
