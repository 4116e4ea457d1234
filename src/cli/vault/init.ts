import { resolve } from 'node:path'
import type { Command } from 'commander'
import { explain } from '../support/help.ts'
import { storageOptions } from '../support/options.ts'
import { type CommonOptions, type Console, withConsole } from '../support/session.ts'
import { storageOf } from '../support/storage-url.ts'

const notes = `
VAULT_KEY names the master key: a file, which is created unless it exists, or a key that exists in Azure Key Vault or AWS
KMS. For a folder ./data the default is the file ./data.key. VAULT_STORAGE names a separate storage for the keys of
people, which is created, too. Nothing is ever overwritten, so the command may be run again.`

/** `tidemark vault init`: creates the master key and the vault. */
export const addVaultInit = (group: Command): Command =>
  explain(storageOptions(group.command('init')), ['vault init', 'vault init --storage file:./data --json'], notes)
    .description('Creates the master key, if it is a file, and the vault.')
    .action(({ json = false, storage }: CommonOptions) => withConsole(json, (console) => init(console, storage)))

async function init({ tell, json, out }: Console, given: string | undefined): Promise<void> {
  const at = storageOf(given)
  const { initVault } = await import('../../open/vault/opening/init-vault.ts')
  const { masters, keyFile, createdKey, createdVault } = await initVault(process.env, at.url, at.setting)
  const file = keyFile === undefined ? undefined : resolve(keyFile)
  if (json) return tell({ masters, ...(file !== undefined && { file }), createdKey, createdVault }, '')
  const named = masters.join(' and ')
  if (createdVault) await out.line(`Created the vault. Its master key is ${named}`)
  else await out.line(`Nothing to create: there is a vault, and its master key is ${named}`)
  if (file === undefined) return
  await out.line(`${createdKey ? 'Created' : 'It is in'} the file ${file}, which only you can read`)
  if (createdKey) {
    await out.line('WITHOUT THIS FILE, ALL PERSONAL DATA IS LOST. Keep a copy of it on another machine, but never')
    await out.line('with backups of the data: anyone who has both can read everything.')
  }
}
