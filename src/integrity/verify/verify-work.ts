import { InvalidOption } from '../../core/errors/input.ts'
import { openTree } from '../ledger/tree/open-tree.ts'
import { checkWork, readWorkRecords } from '../mining/check-work.ts'
import { MOST_BITS } from '../mining/work-record.ts'
import { isRecent, type Run } from './run.ts'

// Work takes long, and is done when hosts have nothing else to do.
const WORK_GRACE = 24 * 3_600_000

/**
 * Checks the work over a ledger, if the verifier asks for some. Blocks that were sealed more than a day ago must be
 * covered. To be called after the ledger was verified, because it uses its tiles; those from before a head to begin after
 * were not compared.
 */
export async function verifyWork({ ledger, origin, trust, findings, startedAt, clock }: Run): Promise<void> {
  const { minBits } = trust
  if (minBits === undefined) return
  const tree = await openTree(ledger)
  const covered = await checkWork(readWorkRecords(ledger), { origin, tree, minBits }, findings)
  const [uncovered] = await ledger.blocks(covered, 1)
  if (uncovered === undefined) return
  if (isRecent(uncovered.header.at, startedAt - WORK_GRACE, clock.now())) return
  findings.add('workMissing', `Work covers ${covered} of ${tree.size} blocks`, { block: covered })
}

/** @throws InvalidOption */
export function assertMinBits(minBits: number | undefined): void {
  if (minBits === undefined || (Number.isSafeInteger(minBits) && minBits >= 1 && minBits <= MOST_BITS)) return
  throw new InvalidOption('minBits', `a whole number from 1 to ${MOST_BITS}`, minBits)
}
