import { compactRange } from '../../merkle/compact-range.ts'
import { hashText } from '../../merkle/hash.ts'
import type { BranchReport } from '../../verify/report.ts'
import { parseBranchName } from '../branch-name.ts'
import { entryLeaf, type SaltedEntry } from '../entry.ts'
import type { SealedBranch } from '../last-branch.ts'
import { findPages, readPages } from '../pages.ts'
import type { BranchRun, BranchTally } from './branch-run.ts'
import { compareSnapshots } from './compare-snapshots.ts'
import { compareViews } from './compare-views.ts'

class DigestsMissing extends Error {}

/**
 * Compares the documents of a branch with what it says of them.
 *
 * @returns undefined if its digests are missing
 */
export async function compareBranch(run: BranchRun, sealed: SealedBranch): Promise<BranchReport | undefined> {
  const { n, branch } = sealed
  const { name, count } = branch
  const pages = await findPages(run.ledger, branch.root)
  if (pages === undefined) return undefined
  const tree = compactRange()

  async function* entries(): AsyncGenerator<SaltedEntry> {
    for await (const page of readPages(run.ledger, pages as { id: string; pages: number })) {
      if (page === undefined) throw new DigestsMissing()
      run.signal.throwIfAborted()
      for (const entry of page.entries) {
        tree.append(entryLeaf(entry))
        yield { entry, salt: page.salt }
      }
      run.progress({ phase: 'branches', done: tree.size, total: count })
    }
  }

  const tally: BranchTally = { name, block: n, count, unchanged: 0, movedOn: 0, added: 0, refolded: 0, unproven: 0 }
  const subject = parseBranchName(name)
  try {
    if (subject === 'snapshots') await compareSnapshots(run, sealed, entries(), tally)
    else if (subject && !(await compareViews(run, sealed, subject, entries(), tally))) return tally
  } catch (error) {
    if (error instanceof DigestsMissing) return undefined
    throw error
  }
  if (tree.size !== count || hashText(tree.root()) !== branch.root) {
    const message = `The digests of the branch in block ${n} are not those that were sealed`
    run.findings.add('branchWrong', message, { block: n, view: name })
  }
  return tally
}
