import type { StoragePort } from '../../../../src/core/port/storage.ts'
import { createBranchCheck } from '../../../../src/integrity/branches/verify/check-branches.ts'
import { type Chain, openChain } from '../../../../src/integrity/open-chain.ts'
import { createFindings } from '../../../../src/integrity/verify/findings.ts'
import type { BranchReport, VerifyReport } from '../../../../src/integrity/verify/report.ts'
import type { Projection } from '../../../../src/projections/projection.ts'

/** A chain in a storage. */
export const chainOf = (storage: StoragePort): Promise<Chain> => openChain(storage, { origin: 'test/branches' })

export type Checked = Pick<VerifyReport, 'result' | 'findings'> & {
  readonly branches: readonly BranchReport[]
  /** The codes of the findings, each with its view or stream. */
  readonly found: readonly string[]
}

/** Checks the branches of a chain, by themselves. */
export async function checkBranches(
  { context: { storage, ledger, clock } }: Pick<Chain, 'context'>,
  { projections = [], sample = 1 }: { readonly projections?: readonly Projection[]; readonly sample?: number } = {},
): Promise<Checked> {
  const findings = createFindings()
  const { signal } = new AbortController()
  const run = { storage, ledger, clock, findings, signal, sample, grace: 0, projections, progress: () => {} }
  const check = createBranchCheck(run)
  for (const { header } of await ledger.blocks(0, 1000)) check.add({ n: header.n, header })
  const branches = await check.finish()
  const summary = findings.summary()
  const found = summary.findings.map(({ code, view, streamId }) => `${code} ${view ?? streamId}`)
  return { ...summary, branches, found }
}
