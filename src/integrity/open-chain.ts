import { systemClock } from '../core/clock.ts'
import type { StoragePort } from '../core/port/storage.ts'
import type { ChainContext, ChainOptions } from './chain/chain-context.ts'
import { type ChainStatus, statusOf } from './chain/chain-status.ts'
import { type ChainSummary, summaryOf } from './chain/chain-summary.ts'
import { type CurrentChain, currentChain } from './chain/current-chain.ts'
import { restartChain } from './chain/restart-chain.ts'
import { type Sealed, type SealNowOptions, sealNow } from './chain/sealing/seal-now.ts'
import { type ChainWriter, chainOfAnotherLog, openWriter } from './chain/writing/chain-writer.ts'
import type { HeadReport } from './heads/head-report.ts'
import { publishHead } from './heads/publishing/publish-head.ts'
import { assertOrigin } from './keys/origin.ts'

/** A chain over a log. */
export type Chain = {
  /** The chain of the newest generation, as it was last seen. */
  readonly context: ChainContext
  /** What is sealed, and what is not; which head is signed, and which anchors keep it. */
  status(): Promise<ChainStatus>
  /** The same in short, without asking the log or an anchor: as the ledger and this process know it. */
  summary(): Promise<ChainSummary>
  /** What this process last knew of heads and anchors, without asking them; null before it published one. */
  readonly published: HeadReport | null
  /**
   * Signs the newest head and publishes it to the anchors, as sealing does by itself. Without a signer it only reports.
   *
   * @throws ChainDiverged
   */
  publish(): Promise<HeadReport>
  /**
   * Seals all events that are in the log now, without a worker. It publishes no head.
   *
   * @throws ChainOfAnotherLog, LedgerDamaged; the signal's reason; what the storage throws. It may be called again.
   */
  sealNow(options?: SealNowOptions): Promise<Sealed>
  /**
   * Begins a new chain, because the old one is of another incarnation of the log, or has lost its last blocks. Its first
   * block names the old one and the reason, for ever.
   *
   * @throws InvalidOption if the chain is that of this log, or the reason is empty; LedgerDamaged
   */
  restart(reason: string): Promise<void>
  /**
   * The writer of the chain of this log, for what appends blocks. If another process restarted the chain, it is that of
   * the new one.
   *
   * @throws ChainOfAnotherLog, LedgerDamaged
   */
  writer(): Promise<ChainWriter>
}

/**
 * Opens the chain of a log. Nothing is written before something is sealed.
 *
 * @throws InvalidOrigin; what the storage of the ledger throws
 */
export async function openChain(storage: StoragePort, options: ChainOptions): Promise<Chain> {
  assertOrigin(options.origin)
  const { ledger: place = storage, clock = systemClock } = options
  const opening = { storage, place, clock, options }
  let current: CurrentChain = await currentChain(opening)
  let opened: Promise<ChainWriter> | undefined
  let published: HeadReport | null = null

  async function lookAgain(): Promise<void> {
    const found = await currentChain(opening, current)
    const [before, now] = [current.context.ledger.generation, found.context.ledger.generation]
    // Another call may have found a newer one meanwhile.
    if (now < before) return
    current = found
    if (now > before) opened = undefined
  }

  async function open(): Promise<ChainWriter> {
    opened ??= openWriter(current.context)
    try {
      return await opened
    } catch (error) {
      opened = undefined
      throw error
    }
  }

  async function writer(): Promise<ChainWriter> {
    const known = await open()
    if (!known.isForeign) return known
    await lookAgain()
    const next = await open()
    if (next.isForeign) throw chainOfAnotherLog()
    return next
  }

  async function publish(): Promise<HeadReport> {
    published = await publishHead(current.context)
    return published
  }

  return {
    get context() {
      return current.context
    },
    get published() {
      return published
    },
    publish,
    writer,
    async status() {
      await lookAgain()
      return statusOf(current)
    },
    async summary() {
      await lookAgain()
      return summaryOf(current, published)
    },
    sealNow: (how = {}) => sealNow({ storage, clock, place }, writer, how),
    async restart(reason) {
      await lookAgain()
      await restartChain(current, opening, reason)
      await lookAgain()
    },
  }
}
