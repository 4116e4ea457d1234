import { ForeignOrigin, InvalidNote } from '../../core/errors/integrity.ts'
import type { TreeHead } from '../heads/head.ts'
import type { VerifierKey } from '../keys/verifier-key.ts'
import { hashText, parseHash } from '../merkle/hash.ts'
import { parseDecimal } from './decimal.ts'
import { openNote, type VerifiedSignature } from './open-note.ts'
import { parseNote } from './signed-note.ts'

/** The text of a head, which is what is signed (C2SP, tlog-checkpoint). */
export const formatHead = ({ origin, size, root }: TreeHead): string => `${origin}\n${size}\n${hashText(root)}\n`

/**
 * Parses the text of a head. Further lines are ignored, as the specification has it.
 *
 * @throws InvalidNote if it is malformed
 */
export function parseHead(text: string): TreeHead {
  const [origin = '', digits = '', hash, ...rest] = text.split('\n')
  const root = parseHash(hash)
  // The last of the rest is what comes after the last newline: nothing.
  const isComplete = rest.length > 0 && rest.every((line, i) => (line === '') === (i === rest.length - 1))
  if (origin === '' || root === undefined || !isComplete) throw invalid('expected an origin, a size and a root')
  const size = parseDecimal(digits)
  if (size === undefined) throw invalid('its size is not a number')
  return { origin, size, root }
}

/** The head in a note, whose signatures are not verified. @throws InvalidNote */
export const headIn = (note: string | Uint8Array): TreeHead => parseHead(parseNote(note).text)

/** A head that a trusted key signed, and the signatures that were verified. */
export type OpenedHead = { readonly head: TreeHead; readonly verified: readonly VerifiedSignature[] }

/**
 * Opens a signed head.
 *
 * @param keys one of them must have signed it; see `openNote`
 * @throws InvalidNote; ForeignOrigin if it is of another chain
 */
export function openHead(note: string | Uint8Array, origin: string, keys: readonly VerifierKey[]): OpenedHead {
  const parsed = parseNote(note)
  const head = parseHead(parsed.text)
  if (head.origin !== origin) throw new ForeignOrigin('The head', origin, head.origin)
  return { head, verified: openNote(parsed, keys).verified }
}

const invalid = (reason: string) => new InvalidNote(`Not a head: ${reason}`)
