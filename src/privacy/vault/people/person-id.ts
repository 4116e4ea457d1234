import { createHmac, type KeyObject } from 'node:crypto'
import { InvalidPersonId } from '../../../core/errors/privacy.ts'

const MOST_UNITS = 200
const KEY_ID_CHARACTERS = 22

/** @throws InvalidPersonId unless it is a well-formed text of 1 to 200 UTF-16 units */
export function assertPersonId(person: unknown): asserts person is string {
  if (typeof person !== 'string') throw new InvalidPersonId('it is not a text')
  if (person === '') throw new InvalidPersonId('it is empty')
  if (person.length > MOST_UNITS) throw new InvalidPersonId(`it has ${person.length}`)
  if (!person.isWellFormed()) throw new InvalidPersonId('it contains a lone surrogate')
}

/**
 * The id of a person's keys: 132 bits of an HMAC-SHA-256, as 22 characters of base64url. It cannot be computed without
 * the index secret, so a guessed person id cannot be compared with it.
 *
 * @throws InvalidPersonId
 */
export function keyIdOf(indexSecret: KeyObject, person: string): string {
  assertPersonId(person)
  return createHmac('sha256', indexSecret).update(person).digest('base64url').slice(0, KEY_ID_CHARACTERS)
}
