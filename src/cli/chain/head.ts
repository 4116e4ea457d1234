import type { Command } from 'commander'
import { type ChainSession, withChain } from '../support/chain-session.ts'
import { explain } from '../support/help.ts'
import { storageOptions } from '../support/options.ts'
import { writeText } from '../support/output.ts'
import type { CommonOptions } from '../support/session.ts'
import { treeHeadJson } from './head-lines.ts'
import { signedHead } from './signed-head.ts'

const notes = `
The note is text that anyone can keep, such as with a backup or on paper, and later give to tidemark chain verify as --note.`

/** `tidemark chain head`: prints the newest signed head. */
export const addChainHead = (group: Command): Command =>
  explain(storageOptions(group.command('head')), ['chain head > head.txt', 'chain head --json'], notes)
    .description('Prints the newest signed head of the chain, with the signatures of anchors, as a note.')
    .action((options: CommonOptions) => withChain(options, printHead))

async function printHead({ chain, json, out, tell }: ChainSession): Promise<void> {
  const { head, note } = await signedHead(chain)
  if (json) return tell({ ...treeHeadJson(head), note }, '')
  await writeText(out, note)
}
