import { resolve } from 'node:path'
import type { Command } from 'commander'
import { UnsupportedStorage } from '../core/errors/storage.ts'
import { storageOptions } from './support/options.ts'
import { type CommonOptions, withStorage } from './support/session.ts'

/** `tidemark backup`: copies the storage while it is used. */
export const addBackup = (program: Command): Command =>
  storageOptions(program.command('backup'))
    .description('Copies the storage, while it is used, into a new folder, from which it can be opened.')
    .argument('<folder>', 'a folder that is not there, or empty')
    .action((folder: string, options: CommonOptions) =>
      withStorage(options, async ({ storage, tell }) => {
        if (storage.backup === undefined) {
          throw new UnsupportedStorage('This database is backed up with its own tools, not with Tidemark')
        }
        const began = Date.now()
        await storage.backup(folder)
        const seconds = (Date.now() - began) / 1000
        await tell({ folder: resolve(folder), seconds }, `Copied to ${resolve(folder)} in ${seconds.toFixed(1)} s`)
      }),
    )
