import { reused } from '../../../core/async/reused.ts'
import type { Clock } from '../../../core/clock.ts'
import type { AnchorState, ChainSummary, HeadReport } from '../../../integrity/index.ts'
import type { WatchedChain } from '../../../open/chain/opening/open-watched-chain.ts'
import type { Fault } from '../../../operations/model/snapshot.ts'
import { nounText } from '../../../operations/words/amounts.ts'
import type { IntegrityRow } from '../../contract/topics.ts'
import { faultOf, knownFault } from '../../payloads/fault.ts'
import type { TopicSource } from '../topic-source.ts'

/** Milliseconds between two readings of the ledger. */
const EVERY = 10_000

/** Milliseconds between two questions to the anchors, which may be services that are paid for. */
const ASK_EVERY = 60_000

const UNKNOWN: IntegrityRow = {
  ...{ size: null, sealedTo: null, headAt: null, anchored: [] },
  ...{ state: 'unknown', detail: 'The chain could not be read.' },
}

/**
 * The chain over the log, and where its heads are kept.
 *
 * @param open opens the chain, which may fail; undefined if none is configured
 */
export function integrity(
  open: (() => Promise<WatchedChain>) | undefined,
  clock: Pick<Clock, 'now'>,
): TopicSource<'integrity'> {
  if (open === undefined) return { on: [], rows: () => ({}) }
  const ask = reused(clock, ASK_EVERY, async () => (await open()).heads())
  let last = UNKNOWN
  const read = reused(clock, EVERY, async () => {
    try {
      const chain = await open()
      const summary = await chain.summary()
      last = rowOf(summary, await ask(), await chain.sealedAt(summary.signed))
    } catch (error) {
      const { code, message } = knownFault(error)
      last = { ...last, state: 'unknown', detail: `The chain could not be read (${code}): ${message}` }
    }
    return { chain: last }
  })
  return { on: ['snapshot'], rows: read }
}

function rowOf(summary: ChainSummary, { anchors: asked }: HeadReport, headAt: string | null): IntegrityRow {
  const { size, sealedAt, anchors, isOfThisLog } = summary
  const contradiction = asked.find(({ state }) => state === 'diverged')?.error
  return {
    ...{ size, sealedTo: sealedAt, headAt },
    anchored: anchors.map((known) => {
      const found = asked.find(({ name }) => name === known.name)
      return {
        anchor: known.name,
        size: Math.max(known.size, found?.size ?? 0),
        at: known.since,
        error: found === undefined ? null : faultOfAnchor(found),
      }
    }),
    ...(isOfThisLog
      ? contradiction
        ? { state: 'diverged', detail: contradiction }
        : { state: 'ok', detail: inWords(summary) }
      : { state: 'foreign', detail: 'The chain was begun for another incarnation of the log.' }),
  }
}

function faultOfAnchor({ state, error }: AnchorState): Fault | null {
  if (error === null) return null
  return faultOf({ code: state === 'diverged' ? 'ChainDiverged' : 'AnchorUnavailable', message: error })
}

function inWords({ size, events, signed }: ChainSummary): string {
  if (size === 0) return 'Nothing is sealed yet.'
  const sealed = `${nounText(events, 'event')} ${events === 1 ? 'is' : 'are'} sealed in ${nounText(size, 'block')}`
  return `${sealed}; ${signed === 0 ? 'no head is signed' : `the newest signed head has ${nounText(signed, 'block')}`}.`
}
