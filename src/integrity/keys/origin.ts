import { InvalidOrigin } from '../../core/errors/integrity.ts'
import { hasControlCharacter } from '../../core/json/control-characters.ts'

const MAX_LENGTH = 200

// White space as Unicode has it, which `\s` lacks one character of, and the sign between the parts of a verifier key.
const FORBIDDEN = /[\s\u0085+]/

/** Whether a text can be the name of a key in a note (C2SP, signed-note): it is not empty, without white space and `+`. */
export const isKeyName = (name: string): boolean => name !== '' && !FORBIDDEN.test(name) && !hasControlCharacter(name)

/**
 * The origin of a chain after a restart: its name, and the incarnation of the log. What is not a letter, a digit or one of
 * a few signs is escaped as in URLs, because an origin has no plus sign.
 */
export const restartedOrigin = (name: string, incarnation: string): string =>
  `${name}/${encodeURIComponent(incarnation)}`

/**
 * Checks the name of a chain. It is a line of each signed head, and by convention the name of its key.
 *
 * @throws InvalidOrigin
 */
export function assertOrigin(origin: unknown): asserts origin is string {
  const fault = originFault(origin)
  if (fault !== undefined) throw new InvalidOrigin(`The origin of a chain is invalid: ${fault}`)
}

function originFault(origin: unknown): string | undefined {
  if (typeof origin !== 'string') return 'it must be a string'
  if (origin === '') return 'it is empty'
  if (origin.length > MAX_LENGTH) return `it is longer than ${MAX_LENGTH} characters`
  if (/[\s\u0085]/.test(origin)) return 'it contains white space'
  if (origin.includes('+')) return 'it contains a plus sign'
  if (hasControlCharacter(origin)) return 'it contains a control character'
  if (!origin.isWellFormed()) return 'it contains a lone surrogate'
  return undefined
}
