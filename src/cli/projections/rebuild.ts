import type { Command } from 'commander'
import { rebuildVersion } from '../../processor/versions/drop-version.ts'
import { storageOptions, wholeNumber } from '../support/options.ts'
import { type CommonOptions, withStorage } from '../support/session.ts'

const help = `
What readers see is never built again in its place: raise the projection's version in its code for that. Only after the
log was restored, when everything that was derived from it is of no use, the active version is taken, too.
Stop the workers that run the version before, and start them afterwards.`

/** `tidemark projections rebuild`: lets a version be built again. */
export const addProjectionsRebuild = (group: Command): Command =>
  storageOptions(group.command('rebuild'))
    .description('Removes the views of a version, so that workers build them again from the start of the feed.')
    .argument('<projection>', 'the name of the projection')
    .argument('<version>', 'the version', wholeNumber)
    .addHelpText('after', help)
    .action((name: string, version: number, options: CommonOptions) =>
      withStorage(options, async ({ storage, tell }) => {
        await rebuildVersion(storage, { name, version })
        const sentence = `Version ${version} of ${name} is built again as soon as a worker runs it`
        await tell({ projection: name, rebuilt: version }, sentence)
      }),
    )
