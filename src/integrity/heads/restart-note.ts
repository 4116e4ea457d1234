import { InvalidNote } from '../../core/errors/integrity.ts'
import type { VerifierKey } from '../keys/verifier-key.ts'
import type { Header, Restarted } from '../ledger/blocks/block.ts'
import { checkSignatures } from '../notes/open-note.ts'
import { parseNote } from '../notes/signed-note.ts'

/** What the first block of a chain says of the one before it, without the signature. */
export type RestartStatement = Omit<Restarted, 'note'>

/**
 * The text that is signed when a chain is restarted: only who has the key may begin another chain over the same log, or
 * an administrator of the database could rewrite the log and have a new chain of it signed. Its second line tells it from
 * a head, which has a number there.
 *
 * @param origin that of the new chain @param incarnation that of the log
 */
export const restartText = (
  origin: string,
  incarnation: string,
  { origin: before, size, root, reason }: RestartStatement,
): string =>
  `${origin}\nrestart\n${JSON.stringify(incarnation)}\n${before}\n${size}\n${root}\n${JSON.stringify(reason)}\n`

/** Whether the restart that the first block of a chain states was signed by one of these keys. */
export function restartSignature(
  { incarnation, restarted }: Pick<Header, 'incarnation' | 'restarted'>,
  origin: string,
  keys: readonly VerifierKey[],
): 'valid' | 'missing' | 'wrong' {
  if (restarted === undefined || restarted.note === null) return 'missing'
  try {
    const note = parseNote(restarted.note)
    const { verified, wrong } = checkSignatures(note, keys)
    if (note.text !== restartText(origin, incarnation, restarted) || wrong.length > 0) return 'wrong'
    return verified.length > 0 ? 'valid' : 'missing'
  } catch (error) {
    if (error instanceof InvalidNote) return 'wrong'
    throw error
  }
}
