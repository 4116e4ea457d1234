import type { AnchorState, HeadReport } from '../heads/head-report.ts'
import { readOwnHead } from '../heads/publishing/own-head.ts'
import { anchorState } from '../heads/publishing/read-heads.ts'
import type { Header, Restarted } from '../ledger/blocks/block.ts'
import { readState } from '../ledger/state/follow-ledger.ts'
import type { ChainContext } from './chain-context.ts'
import type { CurrentChain } from './current-chain.ts'

/** How long a chain is, and whether it is that of its log. */
export type ChainLength = {
  readonly origin: string
  /** From 1; each restart begins the next. */
  readonly generation: number
  /** What the chain says of the one before it, if it was restarted: for ever. */
  readonly restarted: Restarted | null
  /** Whether it is the chain of this log. If not, nothing is sealed until it is restarted. */
  readonly isOfThisLog: boolean
  /** Blocks, and the events sealed in them. */
  readonly size: number
  readonly events: number
  /** When the last block was written: ISO 8601 in UTC, or null. */
  readonly sealedAt: string | null
}

/** The state of a chain as the ledger and this process know it. */
export type ChainSummary = ChainLength & {
  /** The number of blocks in the newest signed head; 0 without one. */
  readonly signed: number
  /** Which anchors keep that head, as far as is known without asking them. */
  readonly anchors: readonly AnchorState[]
}

/** The length of a chain whose last block is `head`. */
export const lengthOf = (
  { context: { storage, ledger, origin }, first }: CurrentChain,
  { size, events }: { readonly size: number; readonly events: number },
  head: Header | null,
): ChainLength => ({
  origin,
  generation: ledger.generation,
  restarted: first?.restarted ?? null,
  isOfThisLog: first === null || first.incarnation === storage.incarnation,
  size,
  events,
  sealedAt: head?.at ?? null,
})

/**
 * Sums up a chain by a few reads of the ledger: it asks neither the log nor an anchor. What other processes published is
 * in it.
 *
 * @param published what this process last published
 * @throws LedgerDamaged; what the storage of the ledger throws
 */
export async function summaryOf(current: CurrentChain, published: HeadReport | null): Promise<ChainSummary> {
  const { context } = current
  const { ledger } = context
  const { state, head } = await readState(ledger)
  const own = await readOwnHead(context)
  const anchors = context.anchors.map(({ name }) => {
    const last =
      published?.head.origin === context.origin ? published.anchors.find((one) => one.name === name) : undefined
    return knownState(context, state.size, name, own.sizes.get(name) ?? 0, last)
  })
  return { ...lengthOf(current, state, head), signed: own.head?.size ?? 0, anchors: await Promise.all(anchors) }
}

/** @param kept the size of the head that the ledger says it keeps; another process may have published it */
function knownState(
  context: Pick<ChainContext, 'ledger'>,
  size: number,
  name: string,
  kept: number,
  last: AnchorState | undefined,
): Promise<AnchorState> {
  const isNewest = last !== undefined && last.size >= kept
  return anchorState(context, size, name, isNewest ? last.size : kept, isNewest ? last.error : null)
}
