import { InvalidOption } from '../../core/errors/input.ts'
import { restartText } from '../heads/restart-note.ts'
import { assertOrigin } from '../keys/origin.ts'
import { storedState } from '../ledger/state/follow-ledger.ts'
import { openTree } from '../ledger/tree/open-tree.ts'
import { hashText } from '../merkle/hash.ts'
import { signNote } from '../notes/sign-note.ts'
import { type ChainOpening, type CurrentChain, contextOf } from './current-chain.ts'
import { NO_EVENTS } from './writing/block-draft.ts'
import { openWriter } from './writing/chain-writer.ts'

const LONGEST_REASON = 1_000

/**
 * Begins the next generation of a chain. If two processes do so at once, the first one's reason counts.
 *
 * @throws InvalidOption if there is no reason for it, or none that a block can state; LedgerDamaged
 */
export async function restartChain(
  { context, first }: CurrentChain,
  opening: ChainOpening,
  reason: string,
): Promise<void> {
  const { incarnation } = opening.storage
  if (typeof reason !== 'string' || reason.trim() === '' || reason.length > LONGEST_REASON) {
    throw new InvalidOption('reason', `a text of 1 to ${LONGEST_REASON} characters`, reason)
  }
  if (first === null || (first.incarnation === incarnation && !(await storedState(context.ledger)).isAhead)) {
    throw new InvalidOption('restart', 'used for a chain of another incarnation of the log', 'the chain of this log')
  }
  const next = contextOf(opening, context.ledger.generation + 1, incarnation)
  assertOrigin(next.origin)
  if (next.origin === context.origin) {
    throw new InvalidOption('restart', 'used once for an incarnation of the log', context.origin)
  }
  const tree = await openTree(context.ledger)
  const statement = { origin: context.origin, size: tree.size, root: hashText(tree.root()), reason }
  const { signer } = context
  const note = signer ? await signNote(restartText(next.origin, incarnation, statement), signer) : null
  const restarted = { ...statement, note }
  const writer = await openWriter(next)
  await writer.append(({ size }) => (size === 0 ? { kind: 'restart', restarted, ...NO_EVENTS } : undefined))
}
