import { limiter } from '../../../core/async/limiter.ts'
import { ChainOfAnotherLog, LedgerDamaged } from '../../../core/errors/integrity.ts'
import type { Block, Header } from '../../ledger/blocks/block.ts'
import { headerLeaf } from '../../ledger/blocks/header-leaf.ts'
import type { Ledger, LedgerState } from '../../ledger/ledger.ts'
import { advanceState, type Tile } from '../../ledger/state/advance-state.ts'
import { type Followed, followLedger } from '../../ledger/state/follow-ledger.ts'
import { sameHash } from '../../merkle/hash.ts'
import type { ChainContext } from '../chain-context.ts'
import { type Draft, toBlock } from './block-draft.ts'
import { usableState } from './usable-state.ts'

/** Appends blocks to a chain. Any number of writers, in any number of processes, may do so at the same time. */
export type ChainWriter = {
  readonly ledger: Ledger
  /** What is known of the chain, without asking. */
  readonly state: LedgerState
  /** The header of the last block that is known, or null. */
  readonly head: Header | null
  /** Whether the chain is of another incarnation of the log, so that nothing is appended. */
  readonly isForeign: boolean
  /** Reads the blocks that others wrote. @throws ChainOfAnotherLog, LedgerDamaged */
  refresh(): Promise<LedgerState>
  /**
   * Appends a block. A block's number is its document's id: the first writer has it, and the others draft again
   * on top of it.
   *
   * @param draft what the block is to contain, given the chain before it; undefined if nothing is left to append. It is
   *   called again each time that another writer was first.
   * @returns the block, or undefined if nothing was left
   * @throws ChainOfAnotherLog, LedgerDamaged. After any other error the block may have been written: draft again.
   */
  append(draft: (state: LedgerState) => Draft | undefined): Promise<Block | undefined>
}

// Refusals of a number under which nothing can be read.
const MOST_REFUSALS = 10

/** Opens a writer. @throws LedgerDamaged */
export async function openWriter(context: ChainContext): Promise<ChainWriter> {
  const { ledger, storage, clock } = context
  const stored = await usableState(ledger)
  let known: Followed = stored
  let etag = stored.etag
  let isSaved = stored.state.size > 0
  const filled: Tile[] = []
  const inTurn = limiter(1)

  async function follow(): Promise<void> {
    const before = known.state.size
    known = await followLedger(ledger, known, (tile) => void filled.push(tile))
    if (known.state.size > before) isSaved = false
  }

  /** Saves what can be computed from the blocks: first the tiles, because the state says that they exist. */
  async function save(): Promise<void> {
    if (isSaved) return
    for (let tile = filled[0]; tile !== undefined; tile = filled[0]) {
      await ledger.saveTile(tile.level, tile.index, tile.hashes)
      filled.shift()
    }
    for (;;) {
      const saved = await ledger.saveState(known.state, etag)
      if (saved !== undefined) {
        etag = saved
        break
      }
      const found = await ledger.state()
      if (found !== undefined && found.document.size >= known.state.size) break
      etag = found?.etag
    }
    isSaved = true
  }

  async function write(draft: (state: LedgerState) => Draft | undefined): Promise<Block | undefined> {
    for (let refusals = 0; ; ) {
      assertOwn(known, storage.incarnation)
      const drafted = draft(known.state)
      if (drafted === undefined) return undefined
      const block = toBlock(drafted, known.head, storage.incarnation, clock)
      const { n } = block.header
      if (await ledger.create(block)) {
        const next = advanceState(known.state, block)
        filled.push(...next.filled)
        known = { state: next.state, head: block.header }
        isSaved = false
        return block
      }
      const [other] = await ledger.blocks(n, 1)
      await follow()
      // Its answer may have been lost, and the storage have tried again.
      if (other && sameHash(headerLeaf(other.header), headerLeaf(block.header))) return block
      refusals = known.state.size > n ? 0 : refusals + 1
      if (refusals === MOST_REFUSALS) {
        throw new LedgerDamaged(`Block ${n} of the chain can neither be written nor read`, n)
      }
    }
  }

  return {
    ledger,
    get state() {
      return known.state
    },
    get head() {
      return known.head
    },
    get isForeign() {
      return isForeign(known, storage.incarnation)
    },
    refresh: () =>
      inTurn(async () => {
        await follow()
        assertOwn(known, storage.incarnation)
        await save()
        return known.state
      }),
    append: (draft) =>
      inTurn(async () => {
        const block = await write(draft)
        await save()
        return block
      }),
  }
}

const isForeign = ({ head }: Followed, incarnation: string): boolean =>
  head !== null && head.incarnation !== incarnation

function assertOwn(known: Followed, incarnation: string): void {
  if (isForeign(known, incarnation)) throw chainOfAnotherLog()
}

/** Says what to do about a chain of another incarnation. */
export const chainOfAnotherLog = () =>
  new ChainOfAnotherLog(
    'The chain is of another incarnation of the log: the log was restored, copied or created again. Nothing is sealed ' +
      'until `tidemark chain restart --reason <why>` begins a new chain, which says so for ever',
  )
