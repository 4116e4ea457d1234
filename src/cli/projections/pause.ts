import type { Command } from 'commander'
import { systemClock } from '../../core/clock.ts'
import { pauseVersion, rangesAtWork } from '../../processor/versions/pause-version.ts'
import { activeOr, versionOption } from '../parked/which.ts'
import { count } from '../support/count.ts'
import { explain } from '../support/help.ts'
import { storageOptions } from '../support/options.ts'
import { type CommonOptions, type Session, withStorage } from '../support/session.ts'

type Options = CommonOptions & { readonly version?: number; readonly wait?: boolean }

const EVERY = 250

const notes = `
Each worker finishes the page of events in hand, keeps its feed ranges, and stops reading; a reaction stops before its
next handler. Workers notice within the time in which they renew their leases (5 seconds by default); --wait waits for
them. The pause is stored and outlives restarts. Readers keep seeing the views as they are, and the lag stays visible.`

/** `tidemark projections pause`: stops the processing of a projection version until it is resumed. */
export const addProjectionsPause = (group: Command): Command =>
  explain(
    versionOption(storageOptions(group.command('pause'))),
    ['projections pause meter-overview', 'projections pause meter-overview --version 2 --wait'],
    notes,
  )
    .description('Pauses a projection or reaction on all workers until it is resumed.')
    .argument('<projection>', 'name of the projection or reaction')
    .option('--wait', 'wait until no worker processes it any more')
    .action((name: string, { version, wait = false, ...options }: Options) =>
      withStorage(options, async (session) => {
        const { storage, tell } = session
        const which = { name, version: await activeOr(storage, name, version) }
        const { since, already } = await pauseVersion(storage, which)
        const stopped = wait ? await untilStopped(session, which) : undefined
        if (stopped === false) return
        const what = `Version ${which.version} of ${name}`
        const done = already
          ? `${what} was already paused, since ${since}`
          : `Paused version ${which.version} of ${name}`
        await tell(
          { projection: name, version: which.version, paused: since, already, ...(stopped && { stopped }) },
          stopped ? `${done}; no worker processes it` : done,
        )
      }),
    )

/** @returns false when the command was interrupted */
async function untilStopped({ storage, signal }: Session, which: { readonly name: string; readonly version: number }) {
  let told: number | undefined
  while (!signal.aborted) {
    const left = await rangesAtWork(storage, which)
    if (left === 0) return true
    if (left !== told) process.stderr.write(`${count(left, 'feed range')} still at work\n`)
    told = left
    await systemClock.sleep(EVERY, signal)
  }
  return false
}
