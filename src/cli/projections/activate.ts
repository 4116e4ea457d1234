import type { Command } from 'commander'
import { systemClock } from '../../core/clock.ts'
import { VersionBehind } from '../../core/errors/version.ts'
import { pausedSince } from '../../core/leases/pauses.ts'
import { activateVersion } from '../../processor/versions/activate-version.ts'
import { createEstimate } from '../../processor/versions/time-left.ts'
import { behindOf } from '../../processor/versions/version-progress.ts'
import { count } from '../support/count.ts'
import { explain } from '../support/help.ts'
import { storageOptions, wholeNumber } from '../support/options.ts'
import { startProgress } from '../support/progress.ts'
import { type CommonOptions, type Session, withStorage } from '../support/session.ts'

type Options = CommonOptions & { readonly wait?: boolean; readonly allowBehind?: boolean }
type Which = { readonly name: string; readonly version: number }

const EVERY = 500

const notes = `
A newer version becomes active automatically when it has caught up with the active one. Use this command to roll back to
an older version, and to go forward again. Versions newer than the one activated become standby: workers keep them up to
date, and they become active only by command.`

/** `tidemark projections activate`: switches readers to a version. */
export const addProjectionsActivate = (group: Command): Command =>
  explain(
    storageOptions(group.command('activate')),
    ['projections activate meter-overview 1', 'projections activate meter-overview 2 --wait'],
    notes,
  )
    .description('Switches readers to a version of a projection. No view regresses.')
    .argument('<projection>', 'name of the projection')
    .argument('<version>', 'version to activate', wholeNumber)
    .option('--wait', 'wait until the version has caught up')
    .option('--allow-behind', 'also if it is behind or has parked views: readers may see views regress')
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
            ? `Version ${version} of ${name} was already active`
            : `Version ${version} of ${name} is now active; version ${previous} was active before`,
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
        // It will not catch up, however long the wait.
        if ((await pausedSince(storage.leases, { projection: which.name, version: which.version })) !== null)
          throw error
      }
      const behind = await behindOf(storage, which.name, which.version)
      const { left } = estimate(Date.now(), behind)
      const time = left === null ? 'no ETA yet' : `about ${Math.ceil(left / 1000)} s left`
      progress.update(Math.max(0, total - behind), `${count(behind, 'event')} behind, ${time}`)
      await systemClock.sleep(EVERY, signal)
    }
    return undefined
  } finally {
    progress.stop()
  }
}
