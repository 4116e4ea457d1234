import { createBranchCheck } from '../branches/verify/check-branches.ts'
import { createEventCheck } from './events/check-events.ts'
import { createUnsealedCheck } from './events/check-unsealed.ts'
import { createComparison } from './events/compare-leaf.ts'
import { createErasures } from './events/erasures.ts'
import { openFeed } from './events/open-feed.ts'
import { createSalts } from './events/salts.ts'
import type { KnownHeads } from './heads/known-heads.ts'
import { checkLedger, type LedgerStart } from './ledger/check-ledger.ts'
import type { Run } from './run.ts'
import { checkStreams } from './streams/check-streams.ts'
import { createVersions } from './streams/check-versions.ts'
import { createKeyedHash } from './streams/keyed-hash.ts'

/** Verifies a ledger, and the events in the order of the feed. */
export async function verifyByFeed(run: Run, start: LedgerStart, heads: KnownHeads): Promise<void> {
  const { ledger, tally } = run
  const hash = createKeyedHash()
  const isWhole = start.size === 0
  const windows = await openFeed(run)
  const erasures = createErasures(run, hash)
  const salts = createSalts(ledger)
  const tools = { windows, salts, erasures, compare: createComparison(run, salts, erasures) }
  const versions = createVersions(hash, 0, isWhole)
  const checkEvents = createEventCheck(run, tools, versions)
  const checkUnsealed = createUnsealedCheck(run, windows, versions, erasures)
  const branches = createBranchCheck(run, start.size)

  for (const { range, to, continuation } of start.ends) windows.skip(range, to, continuation)
  const endedAt = await checkLedger(run, start, heads, async (block) => {
    branches.add(block)
    await checkEvents(block)
  })
  await checkUnsealed({ endedAt })
  if (isWhole && run.sample === 1) await checkStreams(run, { hash, versions, erasures, checkUnsealed })
  erasures.finish()
  tally.branches = await branches.finish()
}
