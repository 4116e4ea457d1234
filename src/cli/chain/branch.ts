import type { Command } from 'commander'
import type { BranchSubject } from '../../integrity/index.ts'
import { activeOr, versionOption } from '../parked/which.ts'
import { type ChainSession, withChain } from '../support/chain-session.ts'
import { count } from '../support/count.ts'
import { explain } from '../support/help.ts'
import { storageOptions } from '../support/options.ts'
import type { CommonOptions } from '../support/session.ts'
import { startTally } from '../support/tally.ts'

type Options = CommonOptions & { readonly version?: number }

const notes = `
A later tidemark chain verify says which of the views were changed, without computing them again, and --projections computes
them again from the log. A branch takes the views as they are: one that was changed before is only found by the latter.`

/** `tidemark chain branch`: seals the views of a projection, or all snapshots. */
export const addChainBranch = (group: Command): Command =>
  explain(
    versionOption(storageOptions(group.command('branch'))),
    ['chain branch meter-overview', 'chain branch snapshots'],
    notes,
  )
    .description('Seals the views of a version of a projection, or all snapshots, as a branch of the chain.')
    .argument('<projection>', 'the projection, or snapshots')
    .action((name: string, { version, ...options }: Options) =>
      withChain(options, (session) => branch(session, name, version)),
    )

async function branch(
  { chain, storage, signal, tell }: ChainSession,
  projection: string,
  given: number | undefined,
): Promise<void> {
  const subject: BranchSubject =
    projection === 'snapshots' ? projection : { projection, version: await activeOr(storage, projection, given) }
  const { sealBranch } = await import('../../integrity/index.ts')
  const tally = startTally('documents')
  const sealed = await sealBranch(chain, subject, { signal, onProgress: tally.update }).finally(tally.stop)
  await chain.publish()
  const { name, count: documents, root } = sealed.branch
  await tell(
    { block: sealed.n, name, documents, root },
    `Sealed ${count(documents, 'document')} of ${name} in block ${sealed.n}`,
  )
}
