import { resolve } from 'node:path'
import type { Command } from 'commander'
import { loadProjections } from '../open/definitions/load-projections.ts'
import { indexViews } from '../projections/index-views.ts'
import { count } from './support/count.ts'
import { explain } from './support/help.ts'
import { storageOptions } from './support/options.ts'
import { type CommonOptions, withStorage } from './support/session.ts'

type Options = CommonOptions & { readonly projections?: string }

/** `tidemark setup`: creates a storage, and the indexes that projections name. */
export const addSetup = (program: Command): Command =>
  explain(storageOptions(program.command('setup')), [
    'setup --storage file:./data',
    'setup --storage mongodb://127.0.0.1:27017/meters --projections ./projections',
  ])
    .description('Creates the storage if it does not exist, and checks that it can be reached.')
    .option('--projections <folder>', 'create the indexes that the projections in this folder name')
    .action(({ projections: folder, ...options }: Options) =>
      withStorage({ ...options, create: true }, async ({ storage, tell }) => {
        await storage.ping()
        const projections = folder === undefined ? [] : await loadProjections(resolve(folder), storage)
        await indexViews(storage, projections, (error) => {
          throw error
        })
        const { incarnation, limits } = storage
        const ranges = await storage.feed.ranges()
        const answer = { ready: true, incarnation, ranges: ranges.length, limits }
        await tell(answer, `Ready, with ${count(ranges.length, 'feed range')}. Log id: ${incarnation}`)
      }),
    )
