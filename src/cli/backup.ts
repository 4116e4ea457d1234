import { resolve } from 'node:path'
import type { Command } from 'commander'
import { UnsupportedStorage } from '../core/errors/storage.ts'
import { VAULT_KEYS } from '../core/port/view-store.ts'
import { explain } from './support/help.ts'
import { storageOptions } from './support/options.ts'
import { type CommonOptions, withStorage } from './support/session.ts'

/** `tidemark backup`: copies the storage while it is in use. */
export const addBackup = (program: Command): Command =>
  explain(storageOptions(program.command('backup')), ['backup ./backups/monday'])
    .description('Copies the storage, while it is in use, into a new folder that can be opened as a storage.')
    .argument('<folder>', 'a folder that does not exist, or is empty')
    .action((folder: string, options: CommonOptions) =>
      withStorage(options, async ({ storage, tell }) => {
        if (storage.backup === undefined) {
          throw new UnsupportedStorage('Back this database up with its own tools: tidemark backup copies folders only')
        }
        const began = Date.now()
        await storage.backup(folder)
        const seconds = (Date.now() - began) / 1000
        if ((await storage.viewStore.count({ projection: VAULT_KEYS, version: 1 })) > 0) {
          process.stderr.write('The keys of people and payloads are not in the copy: see tidemark vault copy\n')
        }
        await tell({ folder: resolve(folder), seconds }, `Copied to ${resolve(folder)} in ${seconds.toFixed(1)} s`)
      }),
    )
