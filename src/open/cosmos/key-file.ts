import { readFile } from 'node:fs/promises'
import { InvalidConfiguration } from '../../core/errors/input.ts'
import { isKey } from './is-key.ts'

// Milliseconds for which a key is used after it was read. Azure accepts a regenerated key for that long as well.
const REMEMBERED = 5_000

/**
 * Reads a key from a file, such as a mounted secret, and reads it again every few seconds while it is in use.
 *
 * @returns a function that returns the key; if the file can no longer be read, the last one
 * @throws InvalidConfiguration if the file cannot be read, or contains no key
 */
export async function keyInFile(path: string, now: () => number = Date.now): Promise<() => Promise<string>> {
  let key = await readKey(path)
  let readAt = now()
  return async () => {
    const at = now()
    if (at >= readAt && at < readAt + REMEMBERED) return key
    readAt = at
    key = await readKey(path).catch(() => key)
    return key
  }
}

async function readKey(path: string): Promise<string> {
  let text: string
  try {
    text = (await readFile(path, 'utf8')).trim()
  } catch (cause) {
    throw new InvalidConfiguration('COSMOS_KEY_FILE', `the file ${path} cannot be read`, { cause })
  }
  // It is a secret: the error must not contain it.
  if (!isKey(text)) throw new InvalidConfiguration('COSMOS_KEY_FILE', `${path} does not contain a key in base64`)
  return text
}
