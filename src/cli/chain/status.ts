import type { Command } from 'commander'
import { pausedSince } from '../../core/leases/pauses.ts'
import { intervalText } from '../../core/positions/hash-interval.ts'
import { type ChainSession, withChain } from '../support/chain-session.ts'
import { count } from '../support/count.ts'
import { EXIT } from '../support/exit-codes.ts'
import { explain } from '../support/help.ts'
import { storageOptions } from '../support/options.ts'
import type { CommonOptions } from '../support/session.ts'
import { headJson, headLines } from './head-lines.ts'

const notes = `
Exits with ${EXIT.attention} when something needs attention: the chain is of another incarnation of the log, an anchor does not keep the
newest head, or there is no anchor. It verifies nothing: see tidemark chain verify.`

/** `tidemark chain status`: shows what is sealed, signed and anchored. */
export const addChainStatus = (group: Command): Command =>
  explain(storageOptions(group.command('status')), ['chain status', 'chain status --json'], notes)
    .description('Shows what is sealed, signed and anchored, and what is not.')
    .action((options: CommonOptions) => withChain(options, status))

async function status({ chain, storage, json, out, tell, rows, endWith }: ChainSession): Promise<void> {
  const { SEALING_LEASES } = await import('../../integrity/chain/sealing/sealing.ts')
  const { heads, ...state } = await chain.status()
  const paused = await pausedSince(storage.leases, SEALING_LEASES)
  const isAnchored = heads.anchors.length > 0 && heads.anchors.every((anchor) => anchor.state === 'current')
  if (!state.isOfThisLog || (heads.head.size > 0 && !isAnchored)) endWith(EXIT.attention)
  if (json) return tell({ ...state, paused, ...headJson(heads) }, '')
  const { restarted } = state
  if (restarted !== null)
    await out.line(`RESTARTED after ${restarted.origin}, block ${restarted.size}: ${restarted.reason}`)
  if (paused !== null) await out.line(`PAUSED since ${paused}: run tidemark chain resume`)
  if (!state.isOfThisLog) {
    await out.line(
      'ANOTHER LOG: the chain is of another incarnation of the log, so nothing is sealed: run tidemark chain restart',
    )
  }
  await out.line(
    `${count(state.events, 'event')} sealed in ${count(state.size, 'block')}, last ${state.sealedAt ?? 'never'}`,
  )
  for (const line of headLines(heads)) await out.line(line)
  await rows(state.ranges, {
    range: ({ range }) => intervalText(range),
    block: ({ block }) => block ?? '-',
    position: ({ position }) => position ?? '-',
    unsealed: ({ unsealed }) => unsealed ?? '?',
    oldest: ({ oldest }) => oldest ?? '-',
  })
}
