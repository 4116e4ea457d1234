import type { Command } from 'commander'
import { InvalidConfiguration } from '../../core/errors/input.ts'
import { type ChainSession, withChain } from '../support/chain-session.ts'
import { isConfirmed } from '../support/confirm.ts'
import { explain } from '../support/help.ts'
import { storageOptions } from '../support/options.ts'
import type { CommonOptions } from '../support/session.ts'

type Options = CommonOptions & { readonly reason: string; readonly yes?: boolean }

const notes = `
For after a restore or a failover: the log is then another one, and sealing has stopped, because the chain does not fit it.
The first block of the new chain names the old one, its size, and the reason, for ever, and verification reports it. The new
chain has another origin, which ends with the incarnation of the log; the keys stay the same. The statement is signed with
the chain's key, so that a new chain over a rewritten log is not trusted without it.`

/** `tidemark chain restart`: begins a new chain for a new incarnation of the log. */
export const addChainRestart = (group: Command): Command =>
  explain(
    storageOptions(group.command('restart')),
    ['chain restart --reason "Restored from the backup of 2 March"'],
    notes,
  )
    .description('Begins a new chain, because the log was restored or its ledger has lost blocks.')
    .requiredOption('--reason <text>', 'why, which everyone who verifies will read')
    .option('--yes', 'do not ask for confirmation')
    .action(({ reason, yes = false, ...options }: Options) =>
      withChain(options, async (session) => {
        assertSigner(session)
        const question = 'Begin a new chain? The old one ends, and everyone who verifies will see that, and why.'
        if (await isConfirmed(session, yes, question)) await restart(session, reason)
      }),
    )

function assertSigner({ chain }: ChainSession): void {
  if (chain.context.signer) return
  throw new InvalidConfiguration(
    'CHAIN_KEY',
    'must name the signing key: a chain that was restarted without it is not trusted',
  )
}

async function restart({ chain, tell }: ChainSession, reason: string): Promise<void> {
  const before = chain.context.origin
  await chain.restart(reason)
  const { origin } = chain.context
  await tell({ origin, before }, `The chain is now ${origin}. Anchors and witnesses need to know it under that name.`)
}
