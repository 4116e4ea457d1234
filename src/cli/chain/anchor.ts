import type { Command } from 'commander'
import { type ChainSession, withChain } from '../support/chain-session.ts'
import { EXIT } from '../support/exit-codes.ts'
import { explain } from '../support/help.ts'
import { storageOptions } from '../support/options.ts'
import type { CommonOptions } from '../support/session.ts'
import { headJson, headLines } from './head-lines.ts'

const notes = `
Workers do this after they have sealed; this command is for a log without one, and to try again at once when an anchor was
not reachable. Nothing is signed if an anchor keeps a head that the ledger contradicts: then it exits with ${EXIT.tampered}.
Exits with ${EXIT.gaps} if an anchor does not keep the newest head, or there is none.`

/** `tidemark chain anchor`: signs the newest head and publishes it to all anchors. */
export const addChainAnchor = (group: Command): Command =>
  explain(storageOptions(group.command('anchor')), ['chain anchor', 'chain anchor --json'], notes)
    .description('Signs the newest head of the chain, and publishes it to all anchors.')
    .action((options: CommonOptions) => withChain(options, anchor))

async function anchor({ chain, json, out, tell, endWith }: ChainSession): Promise<void> {
  const report = await chain.publish()
  if (report.anchors.length === 0 || report.anchors.some(({ state }) => state !== 'current')) endWith(EXIT.gaps)
  if (json) return tell(headJson(report), '')
  for (const line of headLines(report)) await out.line(line)
}
