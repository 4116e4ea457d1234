import { InvalidDefinition } from '../../core/errors/input.ts'
import { hasControlCharacter } from '../../core/json/control-characters.ts'

const MOST = 100
const WORDS = /^[a-z0-9]+(-[a-z0-9]+)*$/

/** Checks a name under which something is stored. @param most its maximum length. @throws InvalidDefinition */
export function wordsName(what: string, name: string, most: number): string {
  if (typeof name !== 'string' || name.length > most || !WORDS.test(name)) {
    throw new InvalidDefinition(
      `${JSON.stringify(name)} cannot name ${what}: lower-case words joined by -, 1 to ${most} characters`,
    )
  }
  return name
}

/** Checks the name of a part of a rule. @throws InvalidDefinition */
export function partName(what: string, name: string): string {
  const isName = typeof name === 'string' && name !== '' && name.length <= MOST && name.isWellFormed()
  if (!isName || hasControlCharacter(name)) {
    throw new InvalidDefinition(
      `${JSON.stringify(name)} cannot name a ${what}: 1 to ${MOST} characters, without control characters`,
    )
  }
  // It names a member of an object, which has these already.
  if (name in Object.prototype) {
    throw new InvalidDefinition(`${name} cannot name a ${what}: every JavaScript object has a member of this name`)
  }
  return name
}

/** Checks that a part of a rule has a function. @throws InvalidDefinition */
export function partFunction<F>(what: string, name: string, given: F): F {
  if (typeof given !== 'function') throw new InvalidDefinition(`The ${what} ${name} needs a function`)
  return given
}
