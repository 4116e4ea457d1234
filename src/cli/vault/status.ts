import type { Command } from 'commander'
import type { PrivacyVault } from '../../privacy/index.ts'
import { count } from '../support/count.ts'
import { EXIT } from '../support/exit-codes.ts'
import { explain } from '../support/help.ts'
import { storageOptions } from '../support/options.ts'
import type { Output } from '../support/output.ts'
import type { CommonOptions } from '../support/session.ts'
import { type VaultSession, withVaultStorage } from '../support/vault-session.ts'

const notes = `
No person is named. Exits with ${EXIT.attention} when something is overdue: no worker has finished what forgetting a person began.`

/** `tidemark vault status`: counts what the vault contains. */
export const addVaultStatus = (group: Command): Command =>
  explain(storageOptions(group.command('status')), ['vault status', 'vault status --json'], notes)
    .description('Shows how many people have keys, how many were forgotten, what is left to do, and the master keys.')
    .action((options: CommonOptions) => withVaultStorage(options, showStatus))

/** Writes the status of a vault, and sets the exit code if something is overdue. */
export async function showStatus({ vault, json, out, tell, rows, endWith }: StatusSession): Promise<void> {
  const status = await vault.status()
  if (status.overdue > 0) endWith(EXIT.attention)
  if (json) return tell(status, '')
  const { people, forgotten, unfinished, overdue, epochs } = status
  await out.line(`${count(people, 'person has', 'people have')} a key, or had one; ${forgotten} of them forgotten`)
  const late = overdue > 0 ? `, ${overdue} OVERDUE: is a worker running?` : ''
  await out.line(unfinished === 0 ? 'Nothing is left to do' : `Unfinished: ${unfinished}${late}`)
  if (epochs.length > 1) await out.line('A rotation is unfinished: run tidemark vault rotate again')
  await rows(epochs, {
    epoch: ({ epoch }) => epoch,
    keys: ({ keys }) => keys,
    since: ({ since }) => since.toISOString(),
    'master key': ({ master }) => master,
  })
}

type StatusSession = Pick<VaultSession, 'json' | 'tell' | 'rows' | 'endWith'> & {
  readonly vault: Pick<PrivacyVault, 'status'>
  readonly out: Pick<Output, 'line'>
}
