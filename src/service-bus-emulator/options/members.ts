import { InvalidConfiguration } from '../../core/errors/input.ts'

/** The members of an object in a configuration. */
export type Members = Readonly<Record<string, unknown>>

/** An object's members. @throws InvalidConfiguration if it is no object, or has an unknown one */
export function membersOf(at: string, value: unknown, known?: readonly string[]): Members {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new InvalidConfiguration(at, `must be an object, but is ${Array.isArray(value) ? 'an array' : `${value}`}`)
  }
  for (const name of Object.keys(value)) {
    if (known !== undefined && !known.includes(name)) {
      throw new InvalidConfiguration(`${at}.${name}`, `is not known; the members are ${known.join(', ')}`)
    }
  }
  return value as Members
}
