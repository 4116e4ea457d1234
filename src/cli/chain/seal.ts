import type { Command } from 'commander'
import { type ChainSession, withChain } from '../support/chain-session.ts'
import { count } from '../support/count.ts'
import { explain } from '../support/help.ts'
import { storageOptions } from '../support/options.ts'
import type { CommonOptions } from '../support/session.ts'
import { startTally } from '../support/tally.ts'
import { headJson, headLines } from './head-lines.ts'

const notes = `
A worker with a chain seals all the time; this command is for a log without one, and for the first time. It may be
interrupted, and run while workers seal.`

/** `tidemark chain seal`: seals everything that is in the log now. */
export const addChainSeal = (group: Command): Command =>
  explain(storageOptions(group.command('seal')), ['chain seal', 'chain seal --json'], notes)
    .description('Seals all events that are in the log now, and signs and anchors the head of the chain.')
    .action((options: CommonOptions) => withChain(options, seal))

async function seal({ chain, signal, json, out, tell }: ChainSession): Promise<void> {
  const tally = startTally('events sealed')
  const sealed = await chain.sealNow({ signal, onProgress: tally.update }).finally(tally.stop)
  const report = await chain.publish()
  if (json) return tell({ ...sealed, ...headJson(report) }, '')
  await out.line(`Sealed ${count(sealed.events, 'event')} in ${count(sealed.blocks, 'block')}.`)
  for (const line of headLines(report)) await out.line(line)
}
