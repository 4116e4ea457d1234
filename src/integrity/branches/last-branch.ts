import type { BranchHeader } from '../ledger/blocks/block.ts'
import type { Ledger } from '../ledger/ledger.ts'
import { isCount } from '../ledger/shapes.ts'

/** A branch, and the number of its block. */
export type SealedBranch = { readonly n: number; readonly branch: BranchHeader }

const nameKey = (name: string): string => `last-${name}`

/** The branch in a block, or undefined if the block does not exist or is another one. */
export async function branchIn(
  ledger: Pick<Ledger, 'blocks'>,
  n: number,
  name: string,
): Promise<SealedBranch | undefined> {
  const branch = (await ledger.blocks(n, 1))[0]?.header.branch
  return branch?.name === name ? { n, branch } : undefined
}

/** The last branch of a name, as far as it was recorded; undefined if none was. */
export async function lastBranch(
  ledger: Pick<Ledger, 'blocks' | 'get'>,
  name: string,
): Promise<SealedBranch | undefined> {
  const block = (await ledger.get('branch', nameKey(name)))?.document.block
  return isCount(block) ? branchIn(ledger, block, name) : undefined
}

/** Records the last branch of a name, unless a later one was recorded. */
export async function recordBranch(ledger: Pick<Ledger, 'get' | 'save'>, name: string, n: number): Promise<void> {
  for (;;) {
    const found = await ledger.get('branch', nameKey(name))
    const block = found?.document.block
    if (isCount(block) && block >= n) return
    const condition = found ? { ifMatch: found.etag } : 'ifAbsent'
    if ((await ledger.save('branch', nameKey(name), { block: n }, condition)) !== undefined) return
  }
}
