import type { Command } from 'commander'
import { explain } from '../support/help.ts'
import { storageOptions } from '../support/options.ts'
import type { CommonOptions } from '../support/session.ts'
import { withVaultStorage } from '../support/vault-session.ts'

const notes = `
The person gets a new key, which opens nothing that was stored before. It is refused until forgetting them is finished.`

/** `tidemark vault admit`: lets data of a forgotten person be stored again. */
export const addVaultAdmit = (group: Command): Command =>
  explain(storageOptions(group.command('admit')), ['vault admit m-17'], notes)
    .description('Lets personal data of a forgotten person be stored again, as after a lawful return.')
    .argument('<person>', "the person's id, as the events name it")
    .action((person: string, options: CommonOptions) =>
      withVaultStorage(options, async ({ vault, tell }) => {
        await vault.admit(person)
        await tell({ person, admitted: true }, `Data of ${JSON.stringify(person)} can be stored again.`)
      }),
    )
