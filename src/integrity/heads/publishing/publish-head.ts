import { AnchorRefused, ChainDiverged } from '../../../core/errors/integrity.ts'
import { parseVerifierKey } from '../../keys/verifier-key.ts'
import type { LedgerTree } from '../../ledger/tree/tree.ts'
import { sameHash } from '../../merkle/hash.ts'
import { formatHead } from '../../notes/head-text.ts'
import { addSignatures, signNote } from '../../notes/sign-note.ts'
import { parseNote } from '../../notes/signed-note.ts'
import type { Anchor } from '../anchor.ts'
import type { TreeHead } from '../head.ts'
import type { HeadReport } from '../head-report.ts'
import { restartSignature } from '../restart-note.ts'
import type { Signer } from '../signer.ts'
import { diverged, openTreeAfter } from './compare-kept.ts'
import { type OwnHead, saveOwnHead } from './own-head.ts'
import { atAnchor, readAnchor, toTidemarkError } from './read-anchors.ts'
import { anchorState, type HeadContext, headOf, headStatus, readHeads, reportOf } from './read-heads.ts'

/**
 * Signs the newest head of a chain, and publishes it to all anchors. Before that it proves that the ledger contains the
 * newest head of every anchor that can be reached, by any key, and the newest that this signer signed; otherwise
 * it would sign a fork. An anchor that cannot be reached does not stop the others. Any number of processes may do this at
 * once. Without a signer, or without a block, it only reports.
 *
 * @throws ChainDiverged if the ledger contradicts one of those heads: nothing was signed, or at least nothing that this
 *   anchor keeps
 */
export async function publishHead(context: HeadContext): Promise<HeadReport> {
  const { signer } = context
  if (signer === undefined) return headStatus(context)
  const known = await readHeads(context)
  const { own, kept, tree, contradictions } = known
  if (contradictions.length > 0) throw diverged(contradictions, tree.size)
  if (tree.size === 0) return reportOf(context, known)
  if (!kept.some((one) => 'head' in one && one.head)) await assertOwnRestart(context, signer)
  const head = headOf(context, tree)
  const signed = await signedNote(head, own, signer)
  const published = await Promise.all(
    kept.map(async (one): Promise<Published> => {
      const { anchor } = one
      if ('error' in one) return { anchor, error: one.error.message }
      return one.head?.size === head.size ? { anchor, note: signed } : publish(context, anchor, signed, tree)
    }),
  )
  const notes = published.flatMap(({ note }) => note ?? [])
  const note = notes.reduce((all, one) => addSignatures(all, parseNote(one).signatures), signed)
  const sizes = new Map(published.flatMap((one) => (one.note ? [[one.anchor.name, head.size]] : [])))
  // Only now, so that a head that an anchor refused does not look like one that was published.
  await saveOwnHead(context, { note, head, sizes })
  const states = published.map(({ anchor: { name }, note: accepted, error = null }) =>
    anchorState(context, head.size, name, accepted ? head.size : (own.sizes.get(name) ?? 0), error),
  )
  return { head, note, anchors: await Promise.all(states) }
}

/**
 * An administrator of the database could begin another chain: a process that has no head of it yet must not sign the first.
 *
 * @throws ChainDiverged
 */
async function assertOwnRestart({ ledger, origin }: HeadContext, signer: Signer): Promise<void> {
  if (ledger.generation === 1) return
  const [first] = await ledger.blocks(0, 1)
  if (first && restartSignature(first.header, origin, [parseVerifierKey(signer.verifierKey)]) === 'valid') return
  throw new ChainDiverged('Nothing is signed, because the chain was restarted without the key that signs its heads')
}

/** A signature by Ed25519 is always the same, but a service may be paid for each. */
async function signedNote(head: TreeHead, own: OwnHead, signer: Signer): Promise<string> {
  const isSame = own.head?.size === head.size && sameHash(own.head.root, head.root)
  return isSame && own.note !== undefined ? own.note : signNote(formatHead(head), signer)
}

/** The note as an anchor keeps it, or why it does not. */
type Published = { readonly anchor: Anchor; readonly note?: string; readonly error?: string }

async function publish(context: HeadContext, anchor: Anchor, note: string, tree: LedgerTree): Promise<Published> {
  try {
    const prove = (from: number) => tree.consistency(from)
    return { anchor, note: await atAnchor(context.clock, anchor, () => anchor.publish(note, prove)) }
  } catch (error) {
    const isOvertaken = error instanceof AnchorRefused && (await wasOvertaken(context, anchor, tree.size, error))
    return isOvertaken ? { anchor, note } : { anchor, error: toTidemarkError(anchor, error).message }
  }
}

/**
 * Whether an anchor refused a head because another process has published a larger one of the same ledger meanwhile.
 *
 * @throws ChainDiverged if it keeps a head that contradicts the ledger
 */
async function wasOvertaken(context: HeadContext, anchor: Anchor, size: number, refusal: AnchorRefused) {
  const kept = await readAnchor(context, anchor)
  if ('head' in kept && kept.head !== undefined) {
    const { tree, contradictions } = await openTreeAfter(context, [{ where: anchor.name, head: kept.head }])
    if (contradictions.length > 0) throw diverged(contradictions, tree.size)
    return kept.head.size >= size
  }
  // A witness need not show the head that it keeps.
  const { size: keptSize = 0 } = refusal
  if (keptSize > size && (await context.ledger.last(size - 1)) >= keptSize - 1) return true
  throw new ChainDiverged(`Another head than that of the ledger was published: ${refusal.message}`, { cause: refusal })
}
