import { readFile } from 'node:fs/promises'
import { InvalidConfiguration } from '../../core/errors/input.ts'
import { isKey } from './is-key.ts'

// Milliseconds for which a key is used that was read. One that is regenerated is used until then by Azure as well.
const REMEMBERED = 5_000

/**
 * Reads a key from a file, such as a mounted secret, and reads it again every few seconds while it is in use.
 *
 * @returns what gives the key; where the file cannot be read any more, the last one
 * @throws InvalidConfiguration when the file cannot be read, or holds no key
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
  // It is a secret: what is wrong with it is told without it.
  if (!isKey(text)) throw new InvalidConfiguration('COSMOS_KEY_FILE', `${path} does not hold a key in base64`)
  return text
}
