import type { Command } from 'commander'
import type { SweepReport } from '../../privacy/index.ts'
import { isConfirmed } from '../support/confirm.ts'
import { count } from '../support/count.ts'
import { explain } from '../support/help.ts'
import { duration, storageOptions } from '../support/options.ts'
import type { CommonOptions } from '../support/session.ts'
import { startTally } from '../support/tally.ts'
import { type VaultSession, withVaultStorage } from '../support/vault-session.ts'

type Options = CommonOptions & { readonly olderThan: number; readonly dryRun?: boolean; readonly yes?: boolean }

const DAY = 24 * 3_600_000

const notes = `
An append stores its payloads first, so one that fails leaves objects behind. Objects that were written lately are left
alone, because their event may still be appended. What belongs to another log is an orphan here, too: use --dry-run first.`

/** `tidemark payloads sweep`: removes payloads that no event refers to. */
export const addPayloadsSweep = (group: Command): Command =>
  explain(
    storageOptions(group.command('sweep')),
    ['payloads sweep --dry-run', 'payloads sweep --older-than 7d --yes'],
    notes,
  )
    .description('Removes objects of the payload stores that no event refers to.')
    .option('--older-than <time>', 'only objects that were written before, such as 36h or 7d', duration, DAY)
    .option('--dry-run', 'only count them')
    .option('--yes', 'do not ask for confirmation')
    .action(({ olderThan, dryRun = false, yes = false, ...options }: Options) =>
      withVaultStorage(options, async (session) => {
        const question = 'Remove the objects that no event refers to, with all their versions?'
        if (!(await isConfirmed(session, yes || dryRun, question))) return
        await sweep(session, olderThan, dryRun)
      }),
    )

async function sweep(session: VaultSession, olderThan: number, dryRun: boolean): Promise<void> {
  const { storage, payloads, signal, tell } = session
  const { sweepPayloads } = await import('../../privacy/index.ts')
  const tally = startTally('objects')
  const onProgress = ({ objects }: SweepReport) => tally.update(objects)
  const report = await sweepPayloads(storage, payloads, { olderThan, dryRun, onProgress, signal }).finally(tally.stop)
  const { objects, recent, referred, unknown, orphans, orphanBytes, removed } = report
  const others = `${referred} in use, ${recent} too new to tell, ${unknown} of unknown names`
  const found = `${count(orphans, 'orphan')} of ${orphanBytes.toLocaleString('en')} bytes among ${count(objects, 'object')}`
  const end = dryRun ? 'nothing was removed' : `${removed} removed`
  await tell({ ...report, dryRun }, `Found ${found} (${others}); ${end}.`)
}
