import type { Ending } from '../checks/ending.ts'
import type { Workers } from '../workers/workers.ts'
import type { Commands } from './commands.ts'
import type { Releases } from './releases.ts'

/** How the versions of a projection come to their end: all workers run one, readers see it, and no other is left. */
export const versionsEnding = (releases: Releases, commands: Commands, workers: Workers): Ending => ({
  async prepare() {
    releases.agree(workers)
    await commands.complete()
  },
  async complete() {
    await commands.activate(releases.last.versions?.[releases.name] ?? 1)
    await commands.dropOthers()
  },
})
