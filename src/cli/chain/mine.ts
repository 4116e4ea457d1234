import type { Command } from 'commander'
import { type ChainSession, withChain } from '../support/chain-session.ts'
import { count } from '../support/count.ts'
import { explain } from '../support/help.ts'
import { storageOptions, wholeNumber } from '../support/options.ts'
import type { CommonOptions } from '../support/session.ts'
import { startTally } from '../support/tally.ts'

type Options = CommonOptions & { readonly bits: number; readonly every?: number; readonly threads?: number }

const notes = `
It makes rewriting the chain cost work, for who has no more processors than the hosts that mine. It shows neither who wrote
the chain nor when, and does not protect its end: signatures and a witness do, in milliseconds. Any number of hosts may mine
at once; each resumes what another one began, and it may be interrupted. Verify with chain verify --min-bits.`

/** `tidemark chain mine`: does work over the heads of the chain. */
export const addChainMine = (group: Command): Command =>
  explain(
    storageOptions(group.command('mine')),
    ['chain mine --bits 32', 'chain mine --bits 28 --every 1 --threads 4'],
    notes,
  )
    .description('Does work over the heads of the chain, until it covers all blocks that exist now.')
    .requiredOption(
      '--bits <bits>',
      'zero bits of a hash; each doubles the work, and 32 take a core about an hour',
      wholeNumber,
    )
    .option('--every <blocks>', 'one record for that many blocks (default: one for all that there are)', wholeNumber)
    .option('--threads <number>', 'threads that search (1)', wholeNumber)
    .action(({ bits, every, threads, ...options }: Options) =>
      withChain(options, (session) =>
        mineAll(session, { bits, ...(every !== undefined && { every }), ...(threads !== undefined && { threads }) }),
      ),
    )

async function mineAll(
  { chain, signal, tell }: ChainSession,
  how: Pick<Options, 'bits' | 'every' | 'threads'>,
): Promise<void> {
  const { mine } = await import('../../integrity/index.ts')
  const tally = startTally('hashes')
  const result = await mine(chain.context, {
    ...how,
    signal,
    onProgress: ({ hashes }) => tally.update(hashes),
  }).finally(tally.stop)
  const { records, covered, size } = result
  await tell(result, `${count(records, 'record')} of work; ${covered} of ${count(size, 'block')} covered`)
}
