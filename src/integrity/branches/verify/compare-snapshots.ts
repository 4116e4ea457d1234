import { sealableSnapshot } from '../../seals/sealable.ts'
import type { SaltedEntry } from '../entry.ts'
import type { SealedBranch } from '../last-branch.ts'
import { snapshotOf } from '../list-documents.ts'
import type { BranchRun, BranchTally } from './branch-run.ts'
import { classify } from './classify.ts'

/** Compares snapshots. One that is missing is no finding: it only saves time, and a deleted stream has none. */
export async function compareSnapshots(
  { storage, findings }: BranchRun,
  { n }: SealedBranch,
  entries: AsyncIterable<SaltedEntry>,
  tally: BranchTally,
): Promise<void> {
  for await (const { entry, salt } of entries) {
    const [streamId] = entry
    const found = await snapshotOf(storage, streamId)
    if (found === undefined) {
      tally.movedOn++
      continue
    }
    const comparison = classify(entry, sealableSnapshot(found), salt)
    if (comparison === 'changed' || storage.seals?.snapshotFault(found) === 'wrong') {
      findings.add('viewChanged', 'The snapshot was changed since it was sealed', { block: n, streamId })
    } else {
      tally[comparison]++
    }
  }
}
