import type { ChainContext } from '../../chain/chain-context.ts'
import type { LedgerTree } from '../../ledger/tree/tree.ts'
import type { AnchorState, HeadReport } from '../head-report.ts'
import { type Contradiction, diverged, type KeptHead, openTreeAfter } from './compare-kept.ts'
import { type OwnHead, readOwnHead } from './own-head.ts'
import { type Kept, readAnchors } from './read-anchors.ts'

/** Everything that is known of the heads of a chain. */
export type KnownHeads = {
  readonly own: OwnHead
  readonly kept: readonly Kept[]
  readonly tree: LedgerTree
  readonly contradictions: readonly Contradiction[]
}

/** What heads need of a chain. */
export type HeadContext = Pick<ChainContext, 'ledger' | 'origin' | 'signer' | 'anchors' | 'clock'>

/** Reads the heads of all anchors and of the ledger, and compares the ledger with them. */
export async function readHeads(context: HeadContext): Promise<KnownHeads> {
  const [own, kept] = await Promise.all([readOwnHead(context), readAnchors(context)])
  const heads: KeptHead[] = kept.flatMap((one) =>
    'head' in one && one.head ? [{ where: one.anchor.name, head: one.head }] : [],
  )
  if (own.head !== undefined) heads.push({ where: 'the ledger itself', head: own.head })
  return { own, kept, ...(await openTreeAfter(context, heads)) }
}

/** The newest head, and which anchors keep it, without signing or publishing anything. */
export async function headStatus(context: HeadContext): Promise<HeadReport> {
  return reportOf(context, await readHeads(context))
}

/** What is known, as it is reported. */
export async function reportOf(
  context: HeadContext,
  { own, kept, tree, contradictions }: KnownHeads,
): Promise<HeadReport> {
  const states = await Promise.all(kept.map((one) => stateOf(context, tree.size, own, one, contradictions)))
  return { head: headOf(context, tree), note: own.note ?? null, anchors: states }
}

/** The head of a tree. */
export const headOf = ({ origin }: Pick<ChainContext, 'origin'>, tree: LedgerTree): HeadReport['head'] => ({
  origin,
  size: tree.size,
  root: tree.root(),
})

function stateOf(
  context: Pick<ChainContext, 'ledger'>,
  size: number,
  own: OwnHead,
  kept: Kept,
  contradictions: readonly Contradiction[],
): Promise<AnchorState> {
  const { name } = kept.anchor
  const remembered = own.sizes.get(name) ?? 0
  if ('error' in kept) return anchorState(context, size, name, remembered, kept.error.message)
  const found = contradictions.filter(({ where }) => where === name)
  const keptSize = kept.head?.size ?? 0
  if (found.length > 0) {
    const error = diverged(found, size).message
    return Promise.resolve({ name, state: 'diverged', size: keptSize, since: null, error })
  }
  return anchorState(context, size, name, keptSize, null)
}

/** The state of an anchor that keeps a head of `kept` blocks, as far as it is known. */
export async function anchorState(
  { ledger }: Pick<ChainContext, 'ledger'>,
  size: number,
  name: string,
  kept: number,
  error: string | null,
): Promise<AnchorState> {
  const [block] = kept < size ? await ledger.blocks(kept, 1) : []
  const state = error !== null ? 'unavailable' : kept < size ? 'behind' : 'current'
  return { name, state, size: kept, since: block?.header.at ?? null, error }
}
