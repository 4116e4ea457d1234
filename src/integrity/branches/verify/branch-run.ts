import type { BranchReport } from '../../verify/report.ts'
import type { Run } from '../../verify/run.ts'

/** What checking branches gets. */
export type BranchRun = Pick<
  Run,
  'storage' | 'ledger' | 'findings' | 'signal' | 'sample' | 'clock' | 'grace' | 'projections' | 'progress'
>

/** A report while it is being counted. */
export type BranchTally = { -readonly [Member in keyof BranchReport]: BranchReport[Member] }
