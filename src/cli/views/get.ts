import { resolve } from 'node:path'
import type { Command } from 'commander'
import { UnknownVersion } from '../../core/errors/version.ts'
import { ViewNotFound } from '../../core/errors/view.ts'
import { activeVersion } from '../../views/active-version.ts'
import type { ProjectionRef } from '../../views/projection-ref.ts'
import type { Storage } from '../../views/with-views.ts'
import { withCode } from '../parked/which.ts'
import { explain } from '../support/help.ts'
import { storageOptions } from '../support/options.ts'
import { jsonLine } from '../support/output.ts'
import { type CommonOptions, withStorage } from '../support/session.ts'

type Options = CommonOptions & { readonly projections?: string }

const notes = `
--projections is needed only for a projection with merge, whose views are stored in parts and merged when read.
Sealed members of a view are not opened.`

/** `tidemark views get`: one view as readers see it. */
export const addViewsGet = (group: Command): Command =>
  explain(
    storageOptions(group.command('get')),
    ['views get meter-overview 87000001', 'views get revenue 2026 --json'],
    notes,
  )
    .description('Shows a view as readers see it: in the active version of its projection.')
    .argument('<projection>', 'name of the projection')
    .argument('<key>', 'key of the view')
    .option('--projections <folder>', 'folder of projections, for one with merge')
    .action((name: string, key: string, { projections, ...options }: Options) =>
      withStorage(options, async ({ storage, json, out }) => {
        const view = await storage.views.get(await refOf(storage, name, projections), key)
        if (view === null) throw new ViewNotFound(name, key)
        const lines = json ? [jsonLine(view)] : JSON.stringify(view, null, 2).split('\n')
        for (const line of lines) await out.line(line)
      }),
    )

async function refOf(storage: Storage, name: string, folder: string | undefined): Promise<ProjectionRef> {
  if (folder !== undefined) {
    // Personal data must not end up on a terminal by accident.
    const { personal: _, ...projection } = (await withCode(storage, resolve(folder), name)) as ProjectionRef
    return projection
  }
  const version = await activeVersion(storage.viewStore, name)
  if (version === undefined) throw new UnknownVersion(name, null)
  return { name, version, initial: () => ({}) }
}
