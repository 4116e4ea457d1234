import { impossibleViews, storedState } from '../checks/checks.ts'
import type { Ending } from '../checks/final-checks.ts'
import type { Workers } from '../workers/workers.ts'
import type { LogRecord } from '../workload/log-record.ts'
import { createProjections } from '../workload/projections.ts'
import type { World } from '../world/world.ts'
import type { Commands } from './commands.ts'
import { type Releases, VERSIONS } from './releases.ts'

/** The participants in the final checks of versions. */
export type VersionsRun = {
  readonly releases: Releases
  readonly commands: Commands
  readonly workers: Workers
  readonly log: LogRecord
}

/**
 * The final checks of a projection's versions: all workers run one, readers see it, and no other is left, none of which
 * had lost anything.
 */
export const versionsEnding = (world: World, { releases, commands, workers, log }: VersionsRun): Ending => ({
  async prepare() {
    releases.agree(workers)
    await commands.complete()
  },
  async complete() {
    const { name, last } = releases
    await commands.activate(last.versions?.[name] ?? 1)
    const { views } = storedState(world.db.state)
    const isDeleted = (streamId: string) => world.db.state.streams.get(streamId)?.deleted ?? false
    for (const version of VERSIONS) {
      const code = createProjections(undefined, { ...last, versions: { [name]: version } })
      for (const projection of code.filter((one) => one.name === name)) {
        for (const wrong of impossibleViews(views, log, isDeleted, projection)) world.fail(wrong)
      }
    }
    await commands.dropOthers()
  },
})
