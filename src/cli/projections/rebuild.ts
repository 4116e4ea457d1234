import type { Command } from 'commander'
import { rebuildVersion } from '../../processor/versions/drop-version.ts'
import { explain } from '../support/help.ts'
import { storageOptions, wholeNumber } from '../support/options.ts'
import { type CommonOptions, withStorage } from '../support/session.ts'

const notes = `
The version that readers see is never rebuilt in place: raise the version in the projection's code instead. The one
exception is a log that was restored, where everything derived from it is unusable.
Stop the workers that run the version first, and start them afterwards.`

/** `tidemark projections rebuild`: has a version rebuilt. */
export const addProjectionsRebuild = (group: Command): Command =>
  explain(storageOptions(group.command('rebuild')), ['projections rebuild meter-overview 2'], notes)
    .description('Removes the views of a version, so that workers rebuild them from the start of the feed.')
    .argument('<projection>', 'name of the projection')
    .argument('<version>', 'version to rebuild', wholeNumber)
    .action((name: string, version: number, options: CommonOptions) =>
      withStorage(options, async ({ storage, tell }) => {
        await rebuildVersion(storage, { name, version })
        const sentence = `Version ${version} of ${name} will be rebuilt as soon as a worker runs it`
        await tell({ projection: name, rebuilt: version }, sentence)
      }),
    )
