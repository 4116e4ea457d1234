import { constants, type Dirent } from 'node:fs'
import { link, mkdir, open, opendir, rename, rm, rmdir, stat } from 'node:fs/promises'
import { dirname, join, relative, sep } from 'node:path'
import { builtin } from '../builtin-modules.ts'

/** The beginning of the names of files that are being written. */
export const UNFINISHED = '+'

// Another process may remove an empty folder while a file is put into it.
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

/**
 * Creates a file that is there completely or not at all, also after a power failure. An existing file is never
 * overwritten.
 *
 * @param path in a folder that exists
 * @param mode by default only its owner can read it
 * @throws the error of the operating system, with the code EEXIST if there is a file
 */
export async function createDurably(path: string, bytes: Uint8Array | string, mode = 0o600): Promise<void> {
  const folder = dirname(path)
  const unfinished = await writeUnfinished(folder, bytes, mode)
  try {
    // Unlike a rename, it fails if the file exists; and another process never finds a part of the file.
    await link(unfinished, path)
  } finally {
    await rm(unfinished, { force: true })
  }
  await syncFolder(folder)
}

async function write(root: string, path: string, bytes: Uint8Array, signal: AbortSignal | undefined): Promise<void> {
  signal?.throwIfAborted()
  const folder = dirname(path)
  const created = await createFolder(folder, 0o700)
  const unfinished = await writeUnfinished(folder, bytes)
  try {
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

async function writeUnfinished(folder: string, bytes: Uint8Array | string, mode = 0o600): Promise<string> {
  const path = join(folder, `${UNFINISHED}${builtin.crypto().randomUUID()}`)
  try {
    const file = await open(path, 'wx', mode)
    try {
      await file.writeFile(bytes)
      await file.sync()
    } finally {
      await file.close()
    }
  } catch (error) {
    await rm(path, { force: true })
    throw error
  }
  return path
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

/**
 * Creates a folder, and those that it is in. Unlike Node's own recursive way it ends where a folder that exists refuses
 * new ones as if it did not, as /proc does.
 *
 * @returns the first folder that was created, or undefined if it was there
 * @throws the error of the operating system
 */
export async function createFolder(path: string, mode?: number): Promise<string | undefined> {
  let first: string | undefined
  for (let attempt = 1; ; attempt++) {
    try {
      await mkdir(path, mode)
      return first ?? path
    } catch (error) {
      if (codeOf(error) !== 'ENOENT') {
        const found = await stat(path).catch(() => undefined)
        if (found?.isDirectory()) return first
        throw error
      }
      // Another process may have removed the empty folder above it since.
      if (attempt === ATTEMPTS || dirname(path) === path) throw error
      first = (await createFolder(dirname(path), mode)) ?? first
    }
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
