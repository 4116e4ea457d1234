import { randomUUID } from 'node:crypto'
import { mkdirSync, readdirSync, renameSync, rmdirSync, rmSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { Worker } from 'node:worker_threads'
import { InvalidConfiguration } from '../../../core/errors/input.ts'
import { StorageUnavailable } from '../../../core/errors/storage.ts'
import { sqliteError, toStorageError } from '../sqlite/errors.ts'
import { toFileError } from '../sqlite/file-errors.ts'
import { THREAD_FLAGS } from '../writer/writer.ts'
import type { BackupData, BackupOutcome } from './copy.ts'
import { syncPath } from './sync.ts'

const THREAD = new URL(import.meta.url.endsWith('.ts') ? './copy.ts' : './copy.js', import.meta.url)

/**
 * Copies a folder's files into another folder. Everything is written beside it, made durable, and then renamed, so
 * that a copy which was interrupted is not taken for one.
 */
export async function backUp(source: string, target: string, busyTimeout: number): Promise<void> {
  assertEmpty(target)
  const partial = join(dirname(target), `.${basename(target)}.${randomUUID()}.partial`)
  try {
    mkdirSync(partial, { recursive: true })
    await copy({ source, target: partial, busyTimeout, incarnation: randomUUID() })
    syncPath(partial)
    // A rename replaces an empty folder on some systems only.
    if (assertEmpty(target) === 'empty') rmdirSync(target)
    renameSync(partial, target)
    syncPath(dirname(target))
  } catch (error) {
    rmSync(partial, { recursive: true, force: true })
    throw toFileError(error, target)
  }
}

function assertEmpty(target: string): 'absent' | 'empty' {
  let found: string[]
  try {
    found = readdirSync(target)
  } catch (cause) {
    const code = cause instanceof Error && 'code' in cause ? cause.code : undefined
    if (code === 'ENOENT') return 'absent'
    throw new InvalidConfiguration('backup', `${target} is no folder that can be read`, { cause })
  }
  if (found.length > 0) throw new InvalidConfiguration('backup', `${target} is not empty`)
  return 'empty'
}

// Copying takes long and blocks its thread, so it gets one of its own.
function copy(workerData: BackupData): Promise<void> {
  return new Promise((resolve, reject) => {
    const worker = new Worker(THREAD, { workerData, execArgv: THREAD_FLAGS, name: 'tidemark backup' })
    const died = (cause?: unknown) =>
      reject(new StorageUnavailable(`The backup of ${workerData.source} failed`, { cause }))
    worker.once('error', died)
    worker.once('message', (outcome: BackupOutcome) => {
      if (outcome === 'done') return resolve()
      const { message, errcode, path } = outcome
      if (errcode === undefined) died(new Error(message))
      else reject(toStorageError(sqliteError(message, errcode), path))
    })
    worker.once('exit', () => died())
  })
}
