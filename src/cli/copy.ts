import type { Command } from 'commander'
import { moveLog } from '../copy/copy-and-verify.ts'
import type { Copied, CopyOptions } from '../copy/copy-log.ts'
import { hexOf, sameSum } from '../copy/log-digest.ts'
import { type Verification, verifyCopy } from '../copy/verify.ts'
import { InvalidConfiguration } from '../core/errors/input.ts'
import { openStorage } from '../open/open-storage.ts'
import { count } from './support/count.ts'
import { EXIT } from './support/exit-codes.ts'
import { explain } from './support/help.ts'
import { startPace } from './support/pace.ts'
import { type Console, withConsole } from './support/session.ts'
import { storageUrl } from './support/storage-url.ts'

type Options = {
  readonly from?: string
  readonly to?: string
  readonly splitAppends?: boolean
  readonly verifyOnly?: boolean
  readonly json?: boolean
}

const MOST_NAMED = 20

const notes = `
The target must exist (tidemark setup creates it) and hold nothing but this copy. Run the command again after an
interruption, and once more when nothing writes to the source any more: it resumes where it left off.
Views are not copied: a worker on the target builds them from the events. Sealed personal data is copied as it is, and its
keys by tidemark vault copy. Payloads stay where they are. Claims of unique values are made by tidemark unique rebuild.`

/** `tidemark copy`: moves a log into another storage, and verifies it. */
export const addCopy = (program: Command): Command =>
  explain(
    program.command('copy'),
    [
      'copy --from file:./data --to mongodb://127.0.0.1:27017/meters',
      'copy --from file:./data --to file:./new --verify-only',
    ],
    notes,
  )
    .description('Copies all streams from one storage into another, and compares the two.')
    .option('--from <url>', 'storage to copy from, read only (default: TIDEMARK_COPY_FROM)')
    .option('--to <url>', 'storage to copy to: empty, or holding a part of this copy (default: TIDEMARK_COPY_TO)')
    .option('--split-appends', 'split an append that exceeds the limits of the target into several')
    .option('--verify-only', 'only compare the two')
    .option('--json', 'JSON output')
    .action((options: Options) => withConsole(options.json ?? false, (console) => copy(options, console)))

async function copy({ splitAppends = false, verifyOnly = false, ...given }: Options, console: Console) {
  const from = storageUrl({ option: '--from', given: given.from, variable: 'TIDEMARK_COPY_FROM' })
  const to = storageUrl({ option: '--to', given: given.to, variable: 'TIDEMARK_COPY_TO' })
  const same = new InvalidConfiguration(to.setting, `names the same storage as ${from.setting}`)
  if (from.url === to.url) throw same
  await using source = await openStorage(from.url, { setting: from.setting, mustExist: true })
  await using target = await openStorage(to.url, { setting: to.setting, mustExist: true })
  if (source.incarnation === target.incarnation) throw same
  const pace = startPace()
  const options: CopyOptions = {
    source,
    target,
    splitAppends,
    signal: console.signal,
    onProgress: ({ phase, done, total }) => pace.update(PHASES[phase], done, total),
  }
  const began = Date.now()
  try {
    const { copied, verification } = verifyOnly ? { verification: await verifyCopy(options) } : await moveLog(options)
    pace.stop()
    if (copied) warn(copied)
    await report(console, verification, copied, (Date.now() - began) / 1000)
  } catch (error) {
    pace.stop()
    if (console.signal.aborted) process.stderr.write('Stopped; run the same command again to resume\n')
    throw error
  }
}

/** Says on the standard error what the copy needs besides, to be read as the source is. */
function warn({ personal, apart }: Copied): void {
  if (personal) process.stderr.write('Personal data was copied sealed: copy its keys, too, with tidemark vault copy\n')
  if (apart)
    process.stderr.write(
      'Events refer to payloads, which were not copied: set PAYLOADS for the copy to where they are\n',
    )
}

const PHASES = { copy: 'copying', verify: 'verifying' } as const

const events = (number: number): string => count(number, 'event')

async function report(console: Console, verification: Verification, copied: Copied | undefined, seconds: number) {
  const { source, target, differences } = verification
  const verified = sameSum(source, target)
  if (!verified) console.endWith(EXIT.failed)
  const named = differences.slice(0, MOST_NAMED).map((one) => ({
    stream: one.streamId,
    source: one.source.events,
    target: one.target.events,
  }))
  const sums = {
    source: { events: source.events, hash: hexOf(source) },
    target: { events: target.events, hash: hexOf(target) },
  }
  if (console.json) {
    const answer = { ...(copied && { copied: copied.events, behind: copied.behind }), verified, ...sums }
    return console.tell({ ...answer, differences: named, seconds }, '')
  }
  const { line } = console.out
  if (copied) await line(`Copied ${events(copied.events)} and compared the two in ${seconds.toFixed(1)} s`)
  if (verified) {
    await line(`Verified: ${events(source.events)} on both sides, hash ${sums.source.hash}`)
  } else {
    await line(`NOT THE SAME: ${events(source.events)} in the source, ${events(target.events)} in the target`)
    await console.rows(named, {
      stream: ({ stream }) => stream,
      'events in the source': (row) => row.source,
      'in the target': (row) => row.target,
    })
    if (differences.length === 0) await line('The streams that differed are the same by now: run the command again')
    if (differences.length > MOST_NAMED) await line('and others')
  }
  if (copied && copied.behind > 0) {
    await line(`About ${events(copied.behind)} arrived meanwhile: stop the writers, then run the same command again`)
  }
}
