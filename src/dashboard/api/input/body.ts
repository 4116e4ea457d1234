import { InvalidOption } from '../../../core/errors/input.ts'
import { isJsonObject, type Json, type JsonObject } from '../../../core/json/json.ts'

/** The members of a body; the unknown ones are ignored. @throws InvalidOption */
export function membersOf(body: unknown): JsonObject {
  if (!isJsonObject(body)) throw new InvalidOption('body', 'a JSON object', body)
  return body
}

/** A member, unless it is inherited. */
export const memberOf = (members: JsonObject, name: string): Json | undefined =>
  Object.hasOwn(members, name) ? members[name] : undefined

/** A text of 1 to `most` characters. @throws InvalidOption */
export function textIn(members: JsonObject, name: string, most: number): string {
  const text = memberOf(members, name)
  if (typeof text !== 'string' || text.trim() === '' || text.length > most) {
    throw new InvalidOption(name, `a text of 1 to ${most} characters`, text)
  }
  return text
}

/** @throws InvalidOption */
export function booleanIn(members: JsonObject, name: string): boolean {
  const value = memberOf(members, name)
  if (typeof value !== 'boolean') throw new InvalidOption(name, 'true or false', value)
  return value
}

/** A whole number within bounds. @throws InvalidOption */
export function wholeNumberIn(members: JsonObject, name: string, least: number, most: number): number {
  const value = memberOf(members, name)
  if (typeof value !== 'number' || !Number.isSafeInteger(value) || value < least || value > most) {
    throw new InvalidOption(name, `a whole number from ${least} to ${most}`, value)
  }
  return value
}

/** Asserts that a person typed what the act is about. @throws InvalidOption */
export function assertConfirmed(members: JsonObject, expected: string): void {
  const confirm = memberOf(members, 'confirm')
  if (confirm !== expected) throw new InvalidOption('confirm', JSON.stringify(expected), confirm)
}
