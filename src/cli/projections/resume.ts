import type { Command } from 'commander'
import { resumeVersion } from '../../processor/versions/pause-version.ts'
import { activeOr, versionOption } from '../parked/which.ts'
import { explain } from '../support/help.ts'
import { storageOptions } from '../support/options.ts'
import { type CommonOptions, withStorage } from '../support/session.ts'

type Options = CommonOptions & { readonly version?: number }

/** `tidemark projections resume`: ends a pause. */
export const addProjectionsResume = (group: Command): Command =>
  explain(versionOption(storageOptions(group.command('resume'))), [
    'projections resume meter-overview',
    'projections resume meter-overview --version 2',
  ])
    .description('Resumes a paused projection or reaction: workers continue where they stopped.')
    .argument('<projection>', 'name of the projection or reaction')
    .action((name: string, { version: given, ...options }: Options) =>
      withStorage(options, async ({ storage, tell }) => {
        const version = await activeOr(storage, name, given)
        const since = await resumeVersion(storage, { name, version })
        await tell(
          { projection: name, version, resumed: since !== null, pausedSince: since },
          since === null
            ? `Version ${version} of ${name} was not paused`
            : `Resumed version ${version} of ${name}, which had been paused since ${since}`,
        )
      }),
    )
