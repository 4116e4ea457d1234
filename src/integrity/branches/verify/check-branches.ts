import type { Block } from '../../ledger/blocks/block.ts'
import type { BranchReport } from '../../verify/report.ts'
import { parseBranchName } from '../branch-name.ts'
import { lastBranch, type SealedBranch } from '../last-branch.ts'
import type { BranchRun } from './branch-run.ts'
import { compareBranch } from './compare-branch.ts'

/** Checks the branches of a chain: what its blocks say of them, and the last of each name against its documents. */
export type BranchCheck = {
  /** Takes the blocks in order. */
  add(block: { readonly n: number; readonly header: Block['header'] }): void
  /** Compares the documents. @throws what the stores and the feed throw, and the reason of the signal */
  finish(): Promise<readonly BranchReport[]>
}

/** @param first the number of the first block that is checked: earlier ones are trusted */
export function createBranchCheck(run: BranchRun, first = 0): BranchCheck {
  const names = new Map<number, string>()
  const newest = new Map<string, SealedBranch>()

  function faultOf({ n, branch: { name, after, of } }: SealedBranch): string | undefined {
    if (parseBranchName(name) === undefined) return 'has a name that no branch has'
    if (of !== null && of >= n) return 'claims to contain blocks that come after it'
    if (after === null) return undefined
    return after < first || names.get(after) === name ? undefined : 'follows a block that is not a branch of its name'
  }

  /** A later branch than those that were verified, if others sealed it meanwhile: it removed the digests of this one. */
  async function laterThan({ n, branch }: SealedBranch): Promise<SealedBranch | undefined> {
    const last = await lastBranch(run.ledger, branch.name)
    return last && last.n > n ? last : undefined
  }

  return {
    add({ n, header: { branch, incarnation } }) {
      if (branch === undefined) return
      names.set(n, branch.name)
      const fault = faultOf({ n, branch })
      const place = { block: n, view: branch.name }
      if (fault !== undefined) run.findings.add('branchWrong', `The branch in block ${n} ${fault}`, place)
      else if (incarnation === run.storage.incarnation) newest.set(branch.name, { n, branch })
      else
        run.findings.add('branchStale', 'It is of another incarnation of the log, whose views are computed anew', place)
    },
    async finish() {
      const reports: BranchReport[] = []
      for (const one of newest.values()) {
        for (let sealed: SealedBranch | undefined = one; sealed !== undefined; ) {
          const report = await compareBranch(run, sealed)
          if (report !== undefined) {
            reports.push(report)
            break
          }
          const later = await laterThan(sealed)
          if (later === undefined) {
            const message = `The digests of the branch in block ${sealed.n} are missing or damaged`
            run.findings.add('branchWrong', message, { block: sealed.n, view: sealed.branch.name })
          }
          sealed = later
        }
      }
      return reports
    },
  }
}
