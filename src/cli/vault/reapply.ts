import type { Command } from 'commander'
import { isConfirmed } from '../support/confirm.ts'
import { count } from '../support/count.ts'
import { explain } from '../support/help.ts'
import { storageOptions } from '../support/options.ts'
import type { CommonOptions } from '../support/session.ts'
import { startTally } from '../support/tally.ts'
import { type VaultSession, withVaultStorage } from '../support/vault-session.ts'
import { forgottenIn } from './forgotten-in.ts'

type Options = CommonOptions & { readonly list?: string; readonly yes?: boolean }

const notes = `
For after a backup of the keys was restored: it brings back the keys of people who were forgotten since. The log says who
they are. If the log was restored, too, it may not name the last of them: keep a list elsewhere, which
tidemark streams export --type '$forgotten' --output <file> writes, and pass it as --list.`

/** `tidemark vault reapply`: forgets again whom a restored backup brought back. */
export const addVaultReapply = (group: Command): Command =>
  explain(
    storageOptions(group.command('reapply')),
    ['vault reapply', 'vault reapply --list ./forgotten.jsonl --yes'],
    notes,
  )
    .description('Forgets again everybody whom the log, or a list, says to be forgotten, after a backup was restored.')
    .option('--list <file>', 'also those in a file: lines of JSON, as streams export writes them')
    .option('--yes', 'do not ask for confirmation')
    .action(({ list, yes = false, ...options }: Options) =>
      withVaultStorage(options, async (session) => {
        const question = 'Forget again everybody who was forgotten? Their personal data can never be read again.'
        if (await isConfirmed(session, yes, question)) await reapply(session, list)
      }),
    )

async function reapply({ vault, signal, tell }: VaultSession, list: string | undefined): Promise<void> {
  const tally = startTally('people compared')
  try {
    const report = await vault.reapply({
      signal,
      ...(list !== undefined && { also: forgottenIn(list, '--list') }),
      onProgress: tally.update,
    })
    tally.stop()
    const { compared, forgottenAgain } = report
    const again =
      forgottenAgain === 0 ? 'none had come back' : `${forgottenAgain} had come back, and are forgotten again`
    await tell(report, `Compared ${count(compared, 'entry', 'entries')}: ${again}.`)
  } catch (error) {
    tally.stop()
    if (signal.aborted) process.stderr.write('Stopped; run the same command again\n')
    throw error
  }
}
