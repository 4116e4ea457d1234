import { existsSync } from 'node:fs'
import type { Command } from 'commander'
import { InvalidConfiguration } from '../../core/errors/input.ts'
import { parseMasterAddress } from '../../open/vault/addresses.ts'
import type { VaultConfig } from '../../open/vault/vault-config.ts'
import type { RetiredMaster, RotationReport } from '../../privacy/index.ts'
import { count } from '../support/count.ts'
import { explain } from '../support/help.ts'
import { storageOptions } from '../support/options.ts'
import { startProgress } from '../support/progress.ts'
import type { CommonOptions } from '../support/session.ts'
import { type VaultSession, withVaultStorage } from '../support/vault-session.ts'

type Options = CommonOptions & { readonly to?: string; readonly create?: boolean }

const notes = `
With an older backup of the keys, and the master key of its time, everyone in it can still be read. Change to another
master key, and destroy the earlier one: then those backups are dead.
Processes that run need both keys meanwhile: start them with VAULT_KEY=<new>,<earlier> before, or restart them with the new
one right after. An interrupted rotation is continued when the command is run again.`

/** `tidemark vault rotate`: wraps all keys anew. */
export const addVaultRotate = (group: Command): Command =>
  explain(
    storageOptions(group.command('rotate')),
    [
      'vault rotate --to ./new.key --create',
      'vault rotate --to arn:aws:kms:eu-central-1:111122223333:key/1234abcd-12ab',
    ],
    notes,
  )
    .description('Wraps the keys of all people anew, under another master key, so that older backups become useless.')
    .option('--to <key>', 'the new master key, as in VAULT_KEY (default: the first one in VAULT_KEY)')
    .option('--create', 'create the file of the new master key')
    .action(({ to, create = false, ...options }: Options) =>
      withVaultStorage(options, rotate, (config) => (to === undefined ? config : withNewKey(config, to, create))),
    )

/** The vault is opened with both keys, and wraps with the new one. */
async function withNewKey(config: VaultConfig, to: string, create: boolean): Promise<VaultConfig> {
  const address = parseMasterAddress(to, '--to')
  if (address.kind === 'file' && !existsSync(address.file)) {
    if (!create) throw new InvalidConfiguration('--to', `${to} does not exist; --create creates it`)
    const { createLocalMaster } = await import('../../privacy/index.ts')
    await createLocalMaster(address.file)
  }
  return { ...config, masters: [address, ...config.masters] }
}

async function rotate({ vault, signal, json, out, tell }: VaultSession): Promise<void> {
  const { people, forgotten } = await vault.status()
  const progress = startProgress(people - forgotten)
  let report: RotationReport
  try {
    report = await vault.rotate({ signal, onProgress: (done) => progress.update(done, count(done, 'key')) })
  } catch (error) {
    progress.stop()
    if (signal.aborted) process.stderr.write('Stopped; run the same command again to resume\n')
    throw error
  }
  progress.stop()
  if (json) return tell(report, '')
  await out.line(`Epoch ${report.epoch} wraps all keys; ${count(report.rewrapped, 'key')} rewrapped.`)
  for (const one of report.retired) await out.line(retiredLine(one))
  if (report.retired.length > 0) await out.line('Start all processes with the new master key alone, in VAULT_KEY.')
  if (report.sameMaster) {
    await out.line('The master key is the same as before, so older backups of the keys can still be read: see --to.')
  }
}

function retiredLine({ master, destructionDays }: RetiredMaster): string {
  const backups = `Older backups of the keys can be read with ${master}`
  const { least, most } = destructionDays ?? { least: 0, most: 0 }
  if (destructionDays === undefined) return `${backups} until it is destroyed: destroy it now.`
  if (most === 0) return `${backups} until its file and all copies of it are destroyed: destroy them now.`
  return `${backups} until it is destroyed, which takes ${least} to ${most} days: order it now.`
}
