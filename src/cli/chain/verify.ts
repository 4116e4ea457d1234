import { resolve } from 'node:path'
import { type Command, InvalidArgumentError } from 'commander'
import { ChainDiverged } from '../../core/errors/integrity.ts'
import { isOlderLog } from '../../core/positions/log-identity.ts'
import type { Finding, VerifyReport } from '../../integrity/index.ts'
import { loadProjections } from '../../open/definitions/load-projections.ts'
import { type ChainSession, withChain } from '../support/chain-session.ts'
import { EXIT } from '../support/exit-codes.ts'
import { explain } from '../support/help.ts'
import { duration, storageOptions, wholeNumber } from '../support/options.ts'
import { jsonLine } from '../support/output.ts'
import type { CommonOptions } from '../support/session.ts'
import { findingLine, summaryLines } from './finding-lines.ts'
import { openOutsideTrust } from './outside-trust.ts'
import { startPhases } from './phases.ts'
import {
  keyOptions,
  ledgerOf,
  readNote,
  readTrust,
  repeated,
  type TrustedKeys,
  type TrustOptions,
} from './trust-options.ts'

type Options = CommonOptions &
  TrustOptions & {
    readonly anchor?: readonly string[]
    readonly note?: readonly string[]
    readonly writer?: readonly string[]
    readonly writersSince?: string
    readonly minBits?: number
    readonly since?: string
    readonly sample?: number
    readonly by?: 'feed' | 'stream'
    readonly grace?: number
    readonly projections?: string
  }

const notes = `
Everything that is trusted is given here or in the environment of who verifies, and nothing is taken from the database. The
database is compared with heads that were kept outside it: --anchor (default: CHAIN_ANCHORS; for a folder ./data, the folder
./data.heads, if it exists) and --note. Without one, the result is never clean. An anchor that the database's
administrators can change shows nothing about them: use a witness, or a note of your own.
Exits with 0 if nothing was found, ${EXIT.tampered} if the log or the chain was tampered with, ${EXIT.gaps} if something is unproven, and with another
code if it could not verify. With --since, later changes of earlier events are not noticed: verify a --sample daily, and
everything weekly.`

/** `tidemark chain verify`: verifies the log against its chain, and the chain against what is kept outside. */
export const addChainVerify = (group: Command): Command =>
  explain(
    keyOptions(storageOptions(group.command('verify'))),
    [
      'chain verify --key ./meters.vkey',
      'chain verify --key <key> --anchor https://witness.example/w+<witness key> --json',
      'chain verify --key <key> --note ./last-head.txt --since ./last-head.txt --sample 1%',
    ],
    notes,
  )
    .description('Verifies that the log is what was sealed, and that the chain is the one that was anchored.')
    .option('--anchor <anchor>', 'where heads are kept outside the database, as in CHAIN_ANCHORS; repeatable', repeated)
    .option('--note <file>', 'a signed head that was kept; repeatable', repeated)
    .option('--ledger <url>', 'storage of the ledger (default: CHAIN_LEDGER, else the storage)')
    .option('--since <file>', 'only what was sealed after a signed head that was kept')
    .option('--sample <share>', 'read the events of a random share of the blocks, such as 1%', share)
    .option('--by <order>', 'feed, or stream: after a restore or a copy, where positions differ', order)
    .option('--projections <folder>', 'compute views of branches again with the projections of a folder')
    .option('--grace <duration>', 'how long events may be unsealed and heads unanchored (60s)', duration)
    .option('--writer <key>', "what verifies the writers' seals of events; repeatable", repeated)
    .option('--writers-since <file>', 'a signed head: the events that it contains need no seal of a writer')
    .option('--min-bits <bits>', 'the least difficulty of work records, which must then exist', wholeNumber)
    .action((options: Options) => {
      const { originSetting, ...trusted } = readTrust(options)
      const configure = () => ({ ...ledgerOf(options), origin: trusted.origin, originSetting, anchors: [] })
      // Views with personal data can only be computed again with the vault.
      const opening = { ...options, vault: options.projections !== undefined }
      return withChain(opening, (session) => verify(session, options, trusted), { configure, failure: lostEnd })
    })

/** A log that lost its end cannot even be opened, because what was derived from it is ahead of it. */
const lostEnd = (error: unknown): unknown =>
  isOlderLog(error)
    ? new ChainDiverged(
        `The log lost events, or was replaced, which is more than a chain is needed to find: ${error.message}`,
        { cause: error },
      )
    : error

async function verify(
  session: ChainSession,
  options: Options,
  trusted: Omit<TrustedKeys, 'originSetting'>,
): Promise<void> {
  const { storage, chain, json, out, signal, endWith } = session
  const { verifyChain } = await import('../../integrity/index.ts')
  const { note = [], writer = [], writersSince, minBits, since, sample, by, grace, projections } = options
  const outside = await openOutsideTrust(options.anchor, session.at)
  const phases = startPhases()
  const lines: Promise<void>[] = []
  const report = await verifyChain(chain.context, {
    trust: {
      ...trusted,
      anchors: outside.anchors,
      notes: await Promise.all(note.map((file) => readNote(file, '--note'))),
      ...(writer.length > 0 && { writers: writer }),
      ...(writersSince !== undefined && { writersSince: await readNote(writersSince, '--writers-since') }),
      ...(minBits !== undefined && { minBits }),
    },
    ...(since !== undefined && { since: await readNote(since, '--since') }),
    ...(sample !== undefined && { sample }),
    ...(by !== undefined && { by }),
    ...(grace !== undefined && { grace }),
    ...(projections !== undefined && { projections: await loadProjections(resolve(projections), storage) }),
    signal,
    onProgress: phases.update,
    ...(!json && { onFinding: (finding: Finding) => lines.push(out.line(findingLine(finding))) }),
  }).finally(phases.stop)
  await Promise.all(lines)
  // What was compared until then shows nothing.
  signal.throwIfAborted()
  endWith(CODES[report.result])
  if (json) return out.line(jsonLine({ ...report, anchors: outside.anchors.map(({ name }) => name) }))
  for (const line of summaryLines(report, outside.description)) await out.line(line)
}

const CODES: Readonly<Record<VerifyReport['result'], number>> = {
  clean: EXIT.done,
  gaps: EXIT.gaps,
  tampered: EXIT.tampered,
}

function share(text: string): number {
  const [, percent] = /^(\d{1,3}(?:\.\d{1,6})?)%$/.exec(text) ?? []
  const value = Number(percent) / 100
  if (!(value > 0 && value <= 1)) throw new InvalidArgumentError('Expected a share such as 1%, up to 100%.')
  return value
}

function order(text: string): 'feed' | 'stream' {
  if (text !== 'feed' && text !== 'stream') throw new InvalidArgumentError('Expected feed or stream.')
  return text
}
