import type { FeedRange } from '../../core/port/change-feed.ts'
import type { HeadReport } from '../heads/head-report.ts'
import { headStatus } from '../heads/publishing/read-heads.ts'
import { endOf } from '../ledger/blocks/chain-ends.ts'
import { readState } from '../ledger/state/follow-ledger.ts'
import { type ChainLength, lengthOf } from './chain-summary.ts'
import type { CurrentChain } from './current-chain.ts'

/** What is sealed of a feed range, and what is not. */
export type SealedRange = {
  readonly range: FeedRange
  /** The last block with events of it, or null. */
  readonly block: number | null
  /** The LSN of its last event that is sealed, or null. */
  readonly position: number | null
  /** About how many events are not sealed, or null if that is unknown because the chain is of another log. */
  readonly unsealed: number | null
  /** When the oldest of them was recorded: ISO 8601 in UTC, or null. */
  readonly oldest: string | null
}

/** The state of a chain. */
export type ChainStatus = ChainLength & {
  readonly ranges: readonly SealedRange[]
  /** The newest head, the note that signs it, and since when which anchors lack it. */
  readonly heads: HeadReport
}

/** Reads the state of a chain. @throws LedgerDamaged; what the storages throw */
export async function statusOf(current: CurrentChain): Promise<ChainStatus> {
  const { context } = current
  const { storage, ledger } = context
  const { state, head } = await readState(ledger)
  const length = lengthOf(current, state, head)
  const ranges = await storage.feed.ranges()
  return { ...length, ranges: await Promise.all(ranges.map(sealedRange)), heads: await headStatus(context) }

  async function sealedRange(range: FeedRange): Promise<SealedRange> {
    const end = endOf(state.ends, range)
    const reached = { range, block: end?.after.block ?? null, position: end?.to.lsn ?? null }
    if (!length.isOfThisLog) return { ...reached, unsealed: null, oldest: null }
    const { events, oldest } = await storage.feed.lag(range, end?.continuation ?? 'start')
    return { ...reached, unsealed: events, oldest }
  }
}
