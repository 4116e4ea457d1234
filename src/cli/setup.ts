import type { Command } from 'commander'
import { storageOptions } from './support/options.ts'
import { type CommonOptions, withStorage } from './support/session.ts'

/** `tidemark setup`: makes a storage where there is none. */
export const addSetup = (program: Command): Command =>
  storageOptions(program.command('setup'))
    .description('Makes the storage where there is none, and checks that it answers.')
    .action((options: CommonOptions) =>
      withStorage({ ...options, create: true }, async ({ storage, tell }) => {
        await storage.ping()
        const { incarnation, limits } = storage
        const ranges = await storage.feed.ranges()
        const answer = { ready: true, incarnation, ranges: ranges.length, limits }
        await tell(answer, `Ready, with ${ranges.length} feed ranges. This life of the log: ${incarnation}`)
      }),
    )
