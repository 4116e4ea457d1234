import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { entriesOf, ignoreMissing, removeIfEmpty, syncFolder, UNFINISHED } from '../../../core/files/durable-files.ts'
import { keyOfPath, pathOfKey } from './file-names.ts'

/**
 * Removes the files of all keys that begin with a text, what an interrupted write has left beside them, and the folders
 * that are empty then.
 *
 * @returns how many objects were removed
 */
export async function removeBelow(root: string, prefix: string): Promise<number> {
  const folders = prefix.split('/').slice(0, -1)
  const names = folders.length === 0 ? [] : pathOfKey(folders.join('/'))
  const removed = await removeIn(root, names, prefix)
  let depth = names.length
  while (depth > 0 && (await removeIfEmpty(join(root, ...names.slice(0, depth))))) depth--
  await syncFolder(join(root, ...names.slice(0, depth))).catch(ignoreMissing)
  return removed
}

async function removeIn(root: string, names: readonly string[], prefix: string): Promise<number> {
  const folder = join(root, ...names)
  // Whether everything in this folder is meant.
  const isWhole = `${keyOfPath(names) ?? ''}/`.startsWith(prefix) || prefix === ''
  let removed = 0
  for await (const entry of entriesOf(folder)) {
    const path = [...names, entry.name]
    if (entry.isDirectory()) {
      removed += await removeIn(root, path, prefix)
      await removeIfEmpty(join(folder, entry.name))
    } else if (entry.name.startsWith(UNFINISHED)) {
      if (isWhole) await rm(join(folder, entry.name), { force: true })
    } else if (keyOfPath(path)?.startsWith(prefix)) {
      await rm(join(folder, entry.name), { force: true })
      removed++
    }
  }
  if (removed > 0) await syncFolder(folder).catch(ignoreMissing)
  return removed
}
