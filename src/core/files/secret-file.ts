import { open } from 'node:fs/promises'
import { InvalidConfiguration } from '../errors/input.ts'
import { codeOf, createDurably } from './durable-files.ts'

const OTHERS = 0o077

/**
 * Creates the file of a secret, readable by its owner only. An existing file is never overwritten.
 *
 * @param what what is in it, for errors: `master key`
 * @throws InvalidConfiguration if the file exists, whatever is in it, or cannot be written
 */
export async function createSecretFile(file: string, text: string, what: string): Promise<void> {
  try {
    await createDurably(file, text)
  } catch (cause) {
    const reason =
      codeOf(cause) === 'EEXIST' ? `exists already, and a ${what} is never overwritten` : 'cannot be written'
    throw new InvalidConfiguration(file, reason, { cause })
  }
}

/**
 * The text of a secret's file.
 *
 * @param what what is in it, for errors: `master key`
 * @throws InvalidConfiguration if it cannot be read, or if others may read it
 */
export async function readSecretFile(file: string, what: string): Promise<string> {
  let mode: number
  let text: string
  try {
    await using handle = await open(file, 'r')
    mode = (await handle.stat()).mode
    text = await handle.readFile('utf8')
  } catch (cause) {
    throw new InvalidConfiguration(file, `the ${what} cannot be read`, { cause })
  }
  if (process.platform !== 'win32' && (mode & OTHERS) !== 0) {
    throw new InvalidConfiguration(file, `others may read the ${what}: run chmod 600`)
  }
  return text
}
