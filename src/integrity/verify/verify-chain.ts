import { notify } from '../../core/async/callbacks.ts'
import { InvalidOption } from '../../core/errors/input.ts'
import type { ChainContext } from '../chain/chain-context.ts'
import { openHead } from '../notes/head-text.ts'
import { type WriterVerifier, writerVerifier } from '../writer-seal/writer-verifier.ts'
import { createFindings } from './findings.ts'
import { createKnownHeads } from './heads/known-heads.ts'
import { readHeads } from './heads/read-heads.ts'
import { type TrustedKeys, trustedKeys } from './heads/trusted-keys.ts'
import { beginAt } from './ledger/begin-at.ts'
import { START } from './ledger/check-ledger.ts'
import type { Trust, VerifyOptions, VerifyReport } from './report.ts'
import { emptyTally, type Run } from './run.ts'
import { verifyByFeed } from './verify-by-feed.ts'
import { verifyByStream } from './verify-by-stream.ts'
import { assertMinBits, verifyWork } from './verify-work.ts'

const GRACE = 60_000

/**
 * Verifies a chain, and the log against it. What it finds is in the report; errors mean that it could not verify.
 *
 * While others seal and append it finds nothing that is not so: it reads the ledger before the events, and compares
 * with what was committed by then.
 *
 * @throws InvalidOption, InvalidChainKey, InvalidNote; ForeignOrigin if the ledger or a note is of another chain;
 *   the reason of `signal`, and errors of the storage, the ledger and anchors
 */
export async function verifyChain(
  context: Pick<ChainContext, 'storage' | 'ledger' | 'origin' | 'clock'>,
  options: VerifyOptions,
): Promise<VerifyReport> {
  const writers = await Promise.all((options.trust.writers ?? []).map(writerVerifier))
  const run = runOf(context, options, writers)
  const heads = await readHeads(run)
  const start = options.since === undefined ? START : await beginAt(run, options.since, heads.current)
  const verify = run.by === 'stream' ? verifyByStream : verifyByFeed
  await verify(run, start, createKnownHeads(run, heads, start.size))
  await verifyWork(run)
  const { tally } = run
  return { ...run.findings.summary(), origin: run.origin, ...tally }
}

function runOf(
  context: Pick<ChainContext, 'storage' | 'ledger' | 'origin' | 'clock'>,
  options: VerifyOptions,
  writers: readonly WriterVerifier[],
): Run {
  const { sample = 1, by = 'feed', grace = GRACE, signal = new AbortController().signal, onProgress } = options
  if (!(sample >= 0 && sample <= 1)) throw new InvalidOption('sample', 'a number from 0 to 1', sample)
  if (!(grace >= 0)) throw new InvalidOption('grace', 'a number of milliseconds from 0', grace)
  assertMinBits(options.trust.minBits)
  const { storage, ledger, origin, clock } = context
  const keys = trustedKeys(options.trust)
  return {
    storage,
    ledger,
    origin,
    clock,
    trust: options.trust,
    keys,
    writers,
    writersSince: firstWithSeals(options.trust, origin, keys),
    findings: createFindings(options.onFinding),
    signal,
    startedAt: clock.now(),
    grace,
    by,
    sample,
    projections: options.projections ?? [],
    tally: emptyTally(),
    progress: (progress) => notify(onProgress, progress),
  }
}

/** @throws InvalidOption if no seals are checked; InvalidNote, ForeignOrigin */
function firstWithSeals({ writers = [], writersSince }: Trust, origin: string, { heads }: TrustedKeys): number {
  if (writersSince === undefined) return 0
  if (writers.length === 0) throw new InvalidOption('writersSince', 'left out if there are no writers', writersSince)
  return openHead(writersSince, origin, heads).head.size
}
