import type { Command } from 'commander'
import { moveLog } from '../copy/copy-and-verify.ts'
import type { Copied, CopyOptions } from '../copy/copy-log.ts'
import { hexOf, sameSum } from '../copy/log-digest.ts'
import { type Verification, verifyCopy } from '../copy/verify.ts'
import { InvalidConfiguration } from '../core/errors/input.ts'
import { openStorage } from '../open/open-storage.ts'
import { EXIT } from './support/exit-codes.ts'
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

const help = `
The target must be there (tidemark setup makes it) and hold nothing but this copy. Run it again after an
interruption, and a last time when nobody writes to the source any more: it goes on where it was.
Views are not copied: a worker on the target builds them from the events.`

/** `tidemark copy`: moves a log into another storage, and verifies it. */
export const addCopy = (program: Command): Command =>
  program
    .command('copy')
    .description('Copies all streams of one storage into another one, and compares the two.')
    .option('--from <url>', 'the storage to copy; it is only read (default: TIDEMARK_COPY_FROM)')
    .option('--to <url>', 'an empty storage, or one that holds a part of this copy (default: TIDEMARK_COPY_TO)')
    .option('--split-appends', 'make several appends of one that is larger than the target takes')
    .option('--verify-only', 'only compare what was copied')
    .option('--json', 'answer for programs')
    .addHelpText('after', help)
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
    await report(console, verification, copied, (Date.now() - began) / 1000)
  } catch (error) {
    pace.stop()
    if (console.signal.aborted) process.stderr.write('Stopped; the same command goes on from here\n')
    throw error
  }
}

const PHASES = { copy: 'copying', verify: 'verifying' } as const

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
  const count = (events: number) => `${events.toLocaleString('en')} event${events === 1 ? '' : 's'}`
  if (copied) await line(`Copied ${count(copied.events)}; with the comparison it took ${seconds.toFixed(1)} s`)
  if (verified) {
    await line(`Verified: ${count(source.events)} on both sides, hash ${sums.source.hash}`)
  } else {
    await line(`NOT THE SAME: ${count(source.events)} at the source, ${count(target.events)} at the target`)
    await console.rows(named, {
      stream: ({ stream }) => stream,
      'events at the source': (row) => row.source,
      'at the target': (row) => row.target,
    })
    if (differences.length === 0) await line('What differed is the same by now: run the command again')
    if (differences.length > MOST_NAMED) await line('and others')
  }
  if (copied && copied.behind > 0) {
    await line(`About ${count(copied.behind)} came meanwhile: stop the writers, then run the same command again`)
  }
}
