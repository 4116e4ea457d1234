import type { Command } from 'commander'
import { listWorkers } from '../../processor/status/list-workers.ts'
import type { Storage } from '../../views/with-views.ts'
import { isConfirmed } from '../support/confirm.ts'
import { explain } from '../support/help.ts'
import { storageOptions } from '../support/options.ts'
import type { CommonOptions } from '../support/session.ts'
import { withVaultStorage } from '../support/vault-session.ts'
import { waitUntilForgotten } from './wait-until-forgotten.ts'

type Options = CommonOptions & { readonly yes?: boolean; readonly wait?: boolean }

const notes = `
From now on nothing can be stored for the person. What was stored cannot be read by any process from the time that is
printed. A worker then removes their payloads, and has views that hold personal data in clear forget it; with --wait, this
command does what does not need the code of projections, and ends when it is done.`

/** `tidemark vault forget`: forgets a person. */
export const addVaultForget = (group: Command): Command =>
  explain(storageOptions(group.command('forget')), ['vault forget m-17', 'vault forget m-17 --yes --wait'], notes)
    .description("Destroys a person's key, so that their personal data can never be read again.")
    .argument('<person>', "the person's id, as the events name it")
    .option('--wait', 'wait until it is recorded in the log, which takes as long as processes cache keys')
    .option('--yes', 'do not ask for confirmation')
    .action((person: string, { yes = false, wait = false, ...options }: Options) =>
      withVaultStorage(options, async (session) => {
        const { vault, storage, signal, json, out, tell } = session
        const question = `Forget ${JSON.stringify(person)}? Their personal data can never be read again.`
        if (!(await isConfirmed(session, yes, question))) return
        const { unreadableBy } = await vault.forget(person)
        if (!json) await out.line(`Forgotten. The data cannot be read from ${unreadableBy.toISOString()} on.`)
        const finished = wait && (await waitUntilForgotten(vault, person, signal))
        if (!wait) await warnWithoutWorker(storage)
        else if (!finished) process.stderr.write('Stopped waiting: a worker finishes it\n')
        if (json) await tell({ person, unreadableBy, finished }, '')
        else if (finished) await out.line('It is recorded in the log.')
      }),
    )

async function warnWithoutWorker(storage: Storage): Promise<void> {
  const workers = await listWorkers(storage)
  if (workers.some(({ state }) => state === 'active')) return
  process.stderr.write('No worker is running: start one, or pass --wait, to have the rest done\n')
}
