import { reused } from '../core/async/reused.ts'
import type { Clock } from '../core/clock.ts'
import { TidemarkError } from '../core/errors/base.ts'
import { ChainDiverged } from '../core/errors/integrity.ts'
import type { Chain, ChainSummary } from '../integrity/index.ts'

/** The state of the chain as a worker reports it. */
export type ChainReport = Omit<ChainSummary, 'isOfThisLog'> & {
  /**
   * `foreign`: the chain is of another incarnation of the log, so nothing is sealed. `diverged`: the ledger contradicts a
   * head that was kept elsewhere, so nothing is signed. `unknown`: the ledger cannot be read, and the rest is what was
   * last seen.
   */
  readonly state: 'ok' | 'foreign' | 'diverged' | 'unknown'
  /** The last failure to seal or publish, or to read the ledger, even if it is over. */
  readonly error: { readonly code: string; readonly at: string } | null
}

/** Reports the state of a chain. */
export type ChainReporter = {
  /** It always responds, and reads the ledger at most every ten seconds. */
  read(): Promise<ChainReport>
  /** Records a failure of sealing or publishing. */
  failed(error: unknown): void
}

const FRESH = 10_000

/** Creates what reports the state of a chain. */
export function createChainReporter(
  chain: Pick<Chain, 'summary' | 'published' | 'context'>,
  clock: Clock,
): ChainReporter {
  let known: ChainSummary = {
    origin: chain.context.origin,
    generation: chain.context.ledger.generation,
    restarted: null,
    isOfThisLog: true,
    size: 0,
    events: 0,
    sealedAt: null,
    signed: 0,
    anchors: [],
  }
  let error: ChainReport['error'] = null
  // What was published when a contradiction was found. A head that is published after it shows that it is over.
  let diverged: { readonly published: Chain['published'] } | undefined

  function failed(cause: unknown): void {
    if (cause instanceof ChainDiverged) diverged = { published: chain.published }
    // Of other errors, the message may say anything.
    const code = cause instanceof TidemarkError ? cause.code : 'unexpected'
    error = { code, at: new Date(clock.now()).toISOString() }
  }

  const look = reused(clock, FRESH, async () => {
    try {
      known = await chain.summary()
      return true
    } catch (cause) {
      failed(cause)
      return false
    }
  })

  function stateOf(isKnown: boolean): ChainReport['state'] {
    if (diverged !== undefined && diverged.published === chain.published) return 'diverged'
    if (!known.isOfThisLog) return 'foreign'
    return isKnown ? 'ok' : 'unknown'
  }

  return {
    failed,
    async read() {
      const isKnown = await look()
      const { isOfThisLog: _, ...summary } = known
      return { ...summary, state: stateOf(isKnown), error }
    },
  }
}
