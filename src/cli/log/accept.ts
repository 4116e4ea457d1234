import type { Command } from 'commander'
import type { TidemarkError } from '../../core/errors/base.ts'
import { isOlderLog } from '../../core/positions/log-identity.ts'
import { openStorage } from '../../open/open-storage.ts'
import type { Storage } from '../../views/with-views.ts'
import { askOnTerminal } from '../support/ask.ts'
import { explain } from '../support/help.ts'
import { storageOptions } from '../support/options.ts'
import { type CommonOptions, type Console, withConsole } from '../support/session.ts'
import { storageOf } from '../support/storage-url.ts'
import { derivedFrom } from './derived-from.ts'

const notes = `
Tidemark refuses to open a storage when projections or reactions have read events that its log does not hold, because
it was restored from an older copy or lost its end. If the newer log still exists, put it back instead. To accept the
log as it is, stop all processes that use it, then run this command: it gives the log a new incarnation, so that
everything derived from the lost events is refused until it is rebuilt. Nothing is deleted.`

/** `tidemark log accept`: accepts a log that lost events. */
export const addLogAccept = (group: Command): Command =>
  explain(storageOptions(group.command('accept')), ['log accept', 'log accept --yes'], notes)
    .description('Accepts a log that lost events which projections or reactions have already read.')
    .option('--yes', 'do not ask for confirmation')
    .action(({ yes = false, json = false, storage: given }: CommonOptions & { readonly yes?: boolean }) =>
      withConsole(json, (console) => {
        const { url, setting } = storageOf(given)
        const open = (options: Accepting) => openStorage(url, { setting, mustExist: true, ...options })
        return acceptLog(open, yes ? async () => true : askOnTerminal, console)
      }),
    )

/** How the storage is opened. */
export type Accepting = { readonly acceptDivergedLog?: boolean }

/**
 * Opens a storage; when its log does not hold what was derived from it, says so, and accepts the log if that is
 * confirmed.
 *
 * @param confirm asks a question; undefined if there is no terminal to answer
 * @throws LogDiverged or TidemarkAheadOfLog when it is not confirmed, and what opening throws
 */
export async function acceptLog(
  open: (options: Accepting) => Promise<Storage>,
  confirm: (question: string) => Promise<boolean | undefined>,
  { json, out, tell }: Console,
): Promise<void> {
  const lost = await whatIsLost(open, async ({ incarnation }) =>
    tell(
      { accepted: false, incarnation },
      'The log holds everything that was derived from it: nothing to accept, nothing changed.',
    ),
  )
  if (lost === undefined) return
  if (!json) {
    await out.line('Projections or reactions have read events that this log does not hold:')
    await out.line(`  ${lost.message}`)
    await out.line('If you accept this log, all projections have to be rebuilt, and reactions lose their checkpoints.')
  }
  const confirmed = await confirm('Accept this log?')
  if (!confirmed) {
    const how = confirmed === undefined ? ' To accept the log, run the command again with --yes.' : ''
    if (!json) await out.line(`Nothing changed.${how}`)
    throw lost
  }
  await using storage = await open({ acceptDivergedLog: true })
  const { incarnation } = storage
  const { projections, reactions } = await derivedFrom(storage)
  if (json) return tell({ accepted: true, incarnation, projections, reactions }, '')
  await out.line(`Accepted. The log's new incarnation is ${incarnation}.`)
  if (projections.length > 0) await out.line('Rebuild the projections, then start the workers:')
  for (const { projection, version } of projections) {
    await out.line(`  tidemark projections rebuild ${projection} ${version}`)
  }
  if (reactions.length > 0) {
    await out.line(
      `These reactions have lost their checkpoints and stop with IncarnationMismatch: ${reactions.join(', ')}`,
    )
    await out.line('Give each a new name, and say where it begins; it may handle events again that it handled before.')
  }
}

/** Opens a storage for some work. @returns the error by which opening says that the log lost events */
async function whatIsLost(
  open: (options: Accepting) => Promise<Storage>,
  work: (storage: Storage) => Promise<void>,
): Promise<TidemarkError | undefined> {
  try {
    await using storage = await open({})
    await work(storage)
    return undefined
  } catch (error) {
    if (isOlderLog(error)) return error
    throw error
  }
}
