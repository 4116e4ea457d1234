import { constants, type Dirent } from 'node:fs'
import { mkdir, open, opendir, rename, rm, rmdir } from 'node:fs/promises'
import { dirname, join, relative, sep } from 'node:path'
import { builtin } from '../../../core/builtin-modules.ts'
import { UNFINISHED } from './file-names.ts'

// Removing a person's last object removes the folders, perhaps while another object is put into them.
const ATTEMPTS = 10

/**
 * Writes a file, mode 0600, that is there completely or not at all, also after a power failure.
 *
 * @param root the folder that contains it, perhaps not directly
 */
export async function writeDurably(root: string, path: string, bytes: Uint8Array, signal?: AbortSignal): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await write(root, path, bytes, signal)
    } catch (error) {
      if (!isMissing(error) || attempt === ATTEMPTS) throw error
    }
  }
}

async function write(root: string, path: string, bytes: Uint8Array, signal: AbortSignal | undefined): Promise<void> {
  signal?.throwIfAborted()
  const folder = dirname(path)
  const created = await mkdir(folder, { recursive: true, mode: 0o700 })
  const unfinished = join(folder, `${UNFINISHED}${builtin.crypto().randomUUID()}`)
  try {
    const file = await open(unfinished, 'wx', 0o600)
    try {
      await file.writeFile(bytes)
      await file.sync()
    } finally {
      await file.close()
    }
    signal?.throwIfAborted()
    await rename(unfinished, path)
  } catch (error) {
    await rm(unfinished, { force: true })
    throw error
  }
  // All of them, since another writer may have created one and not synced it yet.
  for (let at = folder; ; at = dirname(at)) {
    await syncFolder(at)
    if (at === root) break
  }
  if (created !== undefined && !isBelow(root, created)) await syncFolder(dirname(created))
}

/** The content of a file, or undefined if there is none. Symbolic links are not followed. */
export async function readWhole(path: string, signal?: AbortSignal): Promise<Uint8Array | undefined> {
  try {
    const file = await open(path, constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0))
    try {
      return await file.readFile(signal ? { signal } : {})
    } finally {
      await file.close()
    }
  } catch (error) {
    // A folder is the beginning of other keys.
    if (isMissing(error) || codeOf(error) === 'EISDIR') return undefined
    throw error
  }
}

/** Removes a file, if it is there, and the folders up to `root` that are empty then. */
export async function removeDurably(root: string, path: string): Promise<void> {
  await rm(path, { force: true })
  let folder = dirname(path)
  while (folder !== root && (await removeIfEmpty(folder))) folder = dirname(folder)
  await syncFolder(folder).catch(ignoreMissing)
}

/** Removes a folder unless there is something in it. @returns whether it is gone */
export async function removeIfEmpty(folder: string): Promise<boolean> {
  try {
    await rmdir(folder)
    return true
  } catch (error) {
    if (isMissing(error)) return true
    if (['ENOTEMPTY', 'EEXIST', 'EBUSY', 'EPERM'].includes(codeOf(error))) return false
    throw error
  }
}

/** What is in a folder, one after another; nothing if the folder does not exist. */
export async function* entriesOf(folder: string): AsyncGenerator<Dirent> {
  try {
    yield* await opendir(folder)
  } catch (error) {
    ignoreMissing(error)
  }
}

/** Makes the entries of a folder durable. Windows cannot, and does not need it. */
export async function syncFolder(folder: string): Promise<void> {
  if (process.platform === 'win32') return
  const file = await open(folder, 'r')
  try {
    await file.sync()
  } finally {
    await file.close()
  }
}

/** The code of an error of the operating system, such as ENOSPC. */
export const codeOf = (error: unknown): string =>
  error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : ''

/** Whether an error says that a file or a folder does not exist. */
const isMissing = (error: unknown): boolean => ['ENOENT', 'ENOTDIR'].includes(codeOf(error))

/** @throws the error, unless it says that a file or a folder does not exist */
export function ignoreMissing(error: unknown): void {
  if (!isMissing(error)) throw error
}

const isBelow = (root: string, path: string): boolean => !relative(root, path).startsWith(`..${sep}`) && path !== root
