import type { Command } from 'commander'
import { InvalidConfiguration } from '../../core/errors/input.ts'
import { openStorage } from '../../open/open-storage.ts'
import { count } from '../support/count.ts'
import { explain } from '../support/help.ts'
import { storageOptions } from '../support/options.ts'
import { type CommonOptions, type Console, withConsole } from '../support/session.ts'
import { storageOf, storageUrl } from '../support/storage-url.ts'
import { startTally } from '../support/tally.ts'

type Options = CommonOptions & { readonly to?: string }

const notes = `
Keys are copied as they are stored, so no master key is needed. They are read from --storage, else from VAULT_STORAGE if it
is set, else from the storage. The target must exist (tidemark setup creates it), and may contain an earlier copy: what
either has forgotten is forgotten there afterwards. Run the command again after an interruption. Payloads are not copied:
events say where they are.`

/** `tidemark vault copy`: copies the keys of people into another storage. */
export const addVaultCopy = (group: Command): Command =>
  explain(storageOptions(group.command('copy')), ['vault copy --storage file:./data --to file:./new'], notes)
    .description('Copies the keys of people, still wrapped, into another storage, or merges them into an earlier copy.')
    .option('--to <url>', 'storage to copy the keys to (default: TIDEMARK_COPY_TO)')
    .action(({ to, storage, json = false }: Options) => withConsole(json, (console) => copy(console, storage, to)))

async function copy({ signal, tell }: Console, storage: string | undefined, given: string | undefined): Promise<void> {
  const separate = storage === undefined ? process.env.VAULT_STORAGE : undefined
  const from = separate ? { url: separate, setting: 'VAULT_STORAGE' } : storageOf(storage)
  const to = storageUrl({ option: '--to', given, variable: 'TIDEMARK_COPY_TO' })
  if (from.url === to.url) throw new InvalidConfiguration(to.setting, `names the same storage as ${from.setting}`)
  await using source = await openStorage(from.url, { setting: from.setting, mustExist: true })
  await using target = await openStorage(to.url, { setting: to.setting, mustExist: true })
  const { copyKeys } = await import('../../privacy/index.ts')
  const tally = startTally('keys compared')
  try {
    const report = await copyKeys(source, target, { signal, onProgress: tally.update })
    tally.stop()
    await tell(report, `Compared ${count(report.read, 'key')}, and copied ${report.changed} that were new or changed.`)
  } catch (error) {
    tally.stop()
    if (signal.aborted) process.stderr.write('Stopped; run the same command again\n')
    throw error
  }
}
