import { resolve } from 'node:path'
import type { Command } from 'commander'
import { indexViews } from '../projections/index-views.ts'
import { loadProjections } from '../worker/load-projections.ts'
import { storageOptions } from './support/options.ts'
import { type CommonOptions, withStorage } from './support/session.ts'

type Options = CommonOptions & { readonly projections?: string }

/** `tidemark setup`: makes a storage where there is none, and the indexes that projections name. */
export const addSetup = (program: Command): Command =>
  storageOptions(program.command('setup'))
    .description('Makes the storage where there is none, and checks that it answers.')
    .option('--projections <folder>', 'make the indexes that the projections of this folder name')
    .action(({ projections: folder, ...options }: Options) =>
      withStorage({ ...options, create: true }, async ({ storage, tell }) => {
        await storage.ping()
        const projections = folder === undefined ? [] : await loadProjections(resolve(folder))
        await indexViews(storage, projections, (error) => {
          throw error
        })
        const { incarnation, limits } = storage
        const ranges = await storage.feed.ranges()
        const answer = { ready: true, incarnation, ranges: ranges.length, limits }
        await tell(answer, `Ready, with ${ranges.length} feed ranges. This life of the log: ${incarnation}`)
      }),
    )
