import { builtin } from '../../core/builtin-modules.ts'
import { recordedTime } from '../../core/events/recorded-time.ts'
import type { Projection } from '../../projections/projection.ts'
import type { ChainContext } from '../chain/chain-context.ts'
import type { WriterVerifier } from '../writer-seal/writer-verifier.ts'
import type { Findings } from './findings.ts'
import type { TrustedKeys } from './heads/trusted-keys.ts'
import type { BranchReport, Trust, VerifyProgress } from './report.ts'

/** What every check of a verification gets. */
export type Run = Pick<ChainContext, 'storage' | 'ledger' | 'origin' | 'clock'> & {
  readonly trust: Trust
  readonly keys: TrustedKeys
  /** The keys of writers, one of which must have sealed each event; none if seals are not checked. */
  readonly writers: readonly WriterVerifier[]
  /** The number of the first block whose events need such a seal. */
  readonly writersSince: number
  readonly findings: Findings
  readonly signal: AbortSignal
  /** When it began, milliseconds since 1970. */
  readonly startedAt: number
  /** Milliseconds that something may be unsealed or unanchored. */
  readonly grace: number
  readonly by: 'feed' | 'stream'
  /** The share of blocks whose events are read. */
  readonly sample: number
  /** The code by which views are computed again. */
  readonly projections: readonly Projection[]
  readonly tally: Tally
  progress(progress: VerifyProgress): void
}

/** What is counted. */
export type Tally = {
  /** Blocks, and the events that they say they seal. */
  size: number
  events: number
  /** Events that were compared with their leaves. */
  compared: number
  unsealed: number
  readonly erased: { streams: number; events: number; last: string | null }
  readonly forgotten: { people: number; last: string | null }
  branches: readonly BranchReport[]
}

/** A tally at its beginning. */
export const emptyTally = (): Tally => ({
  size: 0,
  events: 0,
  compared: 0,
  unsealed: 0,
  erased: { streams: 0, events: 0, last: null },
  forgotten: { people: 0, last: null },
  branches: [],
})

/** Whether a block is one of the share whose events are read. */
export const isPicked = ({ sample }: Pick<Run, 'sample'>): boolean =>
  sample >= 1 || builtin.crypto().randomInt(2 ** 32) < sample * 2 ** 32

// How far the clocks of hosts may differ.
const MOST_AHEAD = 3_600_000

/**
 * Whether something is so recent that it need not be sealed or anchored yet. A time in the future is not, because any
 * time can be made up in the database.
 *
 * @param time any stored value @param from milliseconds since 1970, as is `now`
 */
export function isRecent(time: unknown, from: number, now: number): boolean {
  const at = recordedTime(time)?.getTime()
  return at !== undefined && at >= from && at <= now + MOST_AHEAD
}

/** The later of two times, as texts of which the second one may be anything. */
export const laterOf = (a: string | null, b: unknown): string | null =>
  typeof b === 'string' && (a === null || b > a) ? b : a
