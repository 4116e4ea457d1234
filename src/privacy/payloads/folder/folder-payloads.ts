import { stat } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { InvalidOption } from '../../../core/errors/input.ts'
import { PayloadStoreFailed } from '../../../core/errors/payload.ts'
import {
  codeOf,
  entriesOf,
  ignoreMissing,
  readWhole,
  removeDurably,
  UNFINISHED,
  writeDurably,
} from '../../../core/files/durable-files.ts'
import { isKeyText } from '../object-key.ts'
import type { PayloadStore, StoredPayload } from '../payload-store.ts'
import { keyOfPath, pathOfKey } from './file-names.ts'
import { removeBelow } from './remove-below.ts'

/**
 * A payload store in a folder of a local file system: one file per object, durable when `put` resolves, readable by its
 * owner only. The folder is created with the first object. Every key stays below it.
 *
 * @param folder absolute, or relative to the current folder
 */
export function folderPayloads(folder: string): PayloadStore {
  const root = resolve(folder)
  const pathOf = (key: string): string => {
    if (key === '' || key.endsWith('/')) throw new InvalidOption('key', 'the key of an object', key)
    return join(root, ...pathOfKey(checked(key)))
  }
  const tried = async <T>(what: string, work: () => Promise<T>): Promise<T> => {
    try {
      return await work()
    } catch (error) {
      throw toFailure(root, what, error)
    }
  }
  return {
    name: root,
    async put(key, bytes, signal) {
      const path = pathOf(key)
      await tried('put', () => writeDurably(root, path, bytes, signal))
    },
    async get(key, signal) {
      const path = pathOf(key)
      return tried('get', () => readWhole(path, signal))
    },
    async remove(key) {
      const path = pathOf(key)
      await tried('remove', () => removeDurably(root, path))
    },
    async removeAll(prefix) {
      checked(prefix)
      return tried('removeAll', () => removeBelow(root, prefix))
    },
    async *list(prefix = '') {
      checked(prefix)
      const folders = prefix.split('/').slice(0, -1)
      try {
        yield* listBelow(root, folders.length === 0 ? [] : pathOfKey(folders.join('/')), prefix)
      } catch (error) {
        throw toFailure(root, 'list', error)
      }
    },
  }
}

async function* listBelow(root: string, names: readonly string[], prefix: string): AsyncGenerator<StoredPayload> {
  for await (const entry of entriesOf(join(root, ...names))) {
    const path = [...names, entry.name]
    if (entry.isDirectory()) yield* listBelow(root, path, prefix)
    if (!entry.isFile() || entry.name.startsWith(UNFINISHED)) continue
    const key = keyOfPath(path)
    if (key === undefined || !key.startsWith(prefix)) continue
    const found = await stat(join(root, ...path)).catch(ignoreMissing)
    if (found) yield { key, bytes: found.size, modified: found.mtime }
  }
}

function checked(text: string): string {
  if (isKeyText(text)) return text
  throw new InvalidOption('key', 'parts of letters, digits and _ . - ~ % joined by /', text)
}

// An abort is the caller's own.
const toFailure = (root: string, what: string, error: unknown): unknown =>
  error instanceof PayloadStoreFailed || (error instanceof Error && error.name === 'AbortError')
    ? error
    : new PayloadStoreFailed(root, `${what}: ${codeOf(error) || 'unexpected error'}`, { cause: error })
