import { open } from 'node:fs/promises'
import { InvalidConfiguration } from '../../core/errors/input.ts'
import { FORGOTTEN } from '../../core/port/event-document.ts'
import type { ForgottenPerson } from '../../privacy/index.ts'

/**
 * Reads who was forgotten from lines of JSON: events as `streams export` writes them, of which others are left out, or
 * the bare data of such events.
 *
 * @param setting the option that names the file, for errors, which never repeat a line
 * @throws InvalidConfiguration if the file cannot be read, or a line is something else
 */
export async function* forgottenIn(file: string, setting: string): AsyncGenerator<ForgottenPerson> {
  const handle = await open(file).catch((cause: NodeJS.ErrnoException) => {
    throw new InvalidConfiguration(setting, `${file} cannot be read: ${cause.code}`, { cause })
  })
  let number = 0
  for await (const line of handle.readLines()) {
    number++
    if (line.trim() === '') continue
    const parsed = parse(line)
    const isOther = typeof parsed?.eventType === 'string' && parsed.eventType !== FORGOTTEN
    if (isOther) continue
    const { person, key, through } = (parsed?.eventData ?? parsed ?? {}) as { readonly [name: string]: unknown }
    if (typeof person !== 'string' || typeof key !== 'string' || !Number.isSafeInteger(through)) {
      throw new InvalidConfiguration(setting, `line ${number} of ${file} does not say who was forgotten`)
    }
    yield { person, key, through: through as number }
  }
}

function parse(line: string): { readonly [name: string]: unknown } | undefined {
  try {
    const value: unknown = JSON.parse(line)
    return typeof value === 'object' && value !== null ? (value as { readonly [name: string]: unknown }) : undefined
  } catch {
    return undefined
  }
}
