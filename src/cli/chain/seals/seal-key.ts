import { resolve } from 'node:path'
import type { Command } from 'commander'
import { InvalidConfiguration } from '../../../core/errors/input.ts'
import { openOrCreate } from '../../../core/files/open-or-create.ts'
import { sealKeyFiles } from '../../../open/chain/seal-config.ts'
import { explain } from '../../support/help.ts'
import { storageOptions } from '../../support/options.ts'
import { type CommonOptions, withConsole } from '../../support/session.ts'
import { storageOf } from '../../support/storage-url.ts'

const notes = `
The key is in the file that SEAL_KEY names, by default beside the folder: ./data.seal-key for file:./data. As soon as it is
there, every process that is started seals the views and snapshots that it saves, and refuses those without a seal. On a
storage that has views already, follow the guide "Views you can trust". The key is never printed, and one that exists is
never overwritten. Give every process a copy, and keep the key where administrators of the database cannot read it.`

/** `tidemark chain seal-key`: creates the key that seals views and snapshots. */
export const addChainSealKey = (group: Command): Command =>
  explain(storageOptions(group.command('seal-key')), ['chain seal-key', 'chain seal-key --json'], notes)
    .description('Creates the file of the key that seals views and snapshots, unless it exists.')
    .action((options: CommonOptions) =>
      withConsole(options.json ?? false, async ({ tell }) => {
        const { createSealKey, readSealKey } = await import('../../../integrity/index.ts')
        const file = resolve(keyFileOf(options))
        const check = async () => void (await readSealKey(file))
        const { created } = await openOrCreate(file, check, () => createSealKey(file))
        await tell({ file, created }, created ? `Created ${file}` : `${file} exists already, and is a key for seals`)
      }),
    )

function keyFileOf({ storage }: CommonOptions): string {
  const { url, setting } = storageOf(storage)
  const [file] = sealKeyFiles(process.env, url, setting) ?? []
  if (file !== undefined) return file
  throw new InvalidConfiguration('SEAL_KEY', 'must name the file of the key for seals: the storage is not a folder')
}
