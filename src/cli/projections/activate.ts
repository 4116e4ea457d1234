import type { Command } from 'commander'
import { systemClock } from '../../core/clock.ts'
import { VersionBehind } from '../../core/errors/version.ts'
import { activateVersion } from '../../processor/versions/activate-version.ts'
import { createEstimate } from '../../processor/versions/time-left.ts'
import { behindOf } from '../../processor/versions/version-progress.ts'
import { storageOptions, wholeNumber } from '../support/options.ts'
import { startProgress } from '../support/progress.ts'
import { type CommonOptions, type Session, withStorage } from '../support/session.ts'

type Options = CommonOptions & { readonly wait?: boolean; readonly allowBehind?: boolean }
type Which = { readonly name: string; readonly version: number }

const EVERY = 500

const help = `
A newer version becomes active by itself when it has reached the active one; this command is for going back, and for
going forward again. Newer versions than the one that is named are held from then on.`

/** `tidemark projections activate`: goes to a version, or back to it. */
export const addProjectionsActivate = (group: Command): Command =>
  storageOptions(group.command('activate'))
    .description('Makes a version of a projection the one that readers see, without a view that goes back.')
    .argument('<projection>', 'the name of the projection')
    .argument('<version>', 'the version', wholeNumber)
    .option('--wait', 'until it is as far as the feed, where it is not yet')
    .option('--allow-behind', 'also when it is behind or has parked views: readers may see views go back')
    .addHelpText('after', help)
    .action((name: string, version: number, { wait = false, allowBehind = false, ...options }: Options) =>
      withStorage(options, async (session) => {
        const which = { name, version }
        const { storage, signal, tell } = session
        const previous = await (wait
          ? activateInTime(session, which)
          : activateVersion(storage, which, { allowBehind, signal }))
        if (previous === undefined) return
        await tell(
          { projection: name, active: version, previous },
          previous === version
            ? `Version ${version} of ${name} is active, as before`
            : `Version ${version} of ${name} is active, instead of version ${previous}`,
        )
      }),
    )

async function activateInTime({ storage, signal }: Session, which: Which): Promise<number | undefined> {
  const estimate = createEstimate()
  const total = await behindOf(storage, which.name, which.version)
  const progress = startProgress(total)
  try {
    while (!signal.aborted) {
      try {
        return await activateVersion(storage, which, { signal })
      } catch (error) {
        if (!(error instanceof VersionBehind)) throw error
      }
      const behind = await behindOf(storage, which.name, which.version)
      const { left } = estimate(Date.now(), behind)
      const time = left === null ? 'nobody can tell when it arrives' : `about ${Math.ceil(left / 1000)} s left`
      progress.update(Math.max(0, total - behind), `${behind} events behind, ${time}`)
      await systemClock.sleep(EVERY, signal)
    }
    return undefined
  } finally {
    progress.stop()
  }
}
