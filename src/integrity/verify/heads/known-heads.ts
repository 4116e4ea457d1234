import type { TreeHead } from '../../heads/head.ts'
import type { Restarted } from '../../ledger/blocks/block.ts'
import { type Hash, hashText, sameHash } from '../../merkle/hash.ts'
import { isRecent, type Run } from '../run.ts'

/** A head that was kept outside the database, or is said to be the ledger's. */
export type KnownHead = TreeHead & {
  /** What people call where it comes from. */
  readonly source: string
  /** Whether it was kept outside the database, and its signatures are those that it must have. */
  readonly isAnchored: boolean
}

/** Heads of a chain, and of the chains before it, which ended with a restart. */
export type FoundHeads = { readonly current: readonly KnownHead[]; readonly earlier: readonly KnownHead[] }

/** Compares heads with the roots of a ledger's tree. */
export type KnownHeads = {
  /** Compares the heads of a size. */
  compare(size: number, root: Hash): void
  /** Compares the heads of earlier chains with what a restart, which a trusted key signed or not, says of the one before. */
  restarted(before: Restarted, isSigned: boolean): void
  /** Takes the time at which a block was sealed. */
  sealed(block: number, at: string): void
  /** Once all blocks were read: reports heads that are larger, and blocks that should have been anchored. */
  finish(size: number): void
}

/**
 * @param heads those to compare, and those of chains before a restart
 * @param after the size from which on roots are known
 */
export function createKnownHeads(
  { findings, startedAt, grace, clock }: Pick<Run, 'findings' | 'startedAt' | 'grace' | 'clock'>,
  { current: heads, earlier }: FoundHeads,
  after = 0,
): KnownHeads {
  const bySize = Map.groupBy(heads, ({ size }) => size)
  const anchored = heads.reduce((most, { isAnchored, size }) => (isAnchored ? Math.max(most, size) : most), -1)
  // When the first block after the newest anchored head was sealed.
  let waitsSince: string | undefined
  return {
    compare(size, root) {
      for (const head of bySize.get(size) ?? []) {
        if (sameHash(head.root, root)) continue
        const message = `The head of size ${size} from ${head.source} has another root: the ledger was rewritten`
        findings.add('fork', message, { block: size - 1 })
      }
    },
    restarted({ origin, size, root }, isSigned) {
      for (const head of earlier) {
        if (head.origin !== origin) continue
        const what = `The chain before the restart has ${size} blocks, and its head from ${head.source}`
        if (head.size > size) {
          const message = `${what} has ${head.size}: its end was lost`
          findings.add('rollback', message, { block: 0 }, isSigned ? 'notice' : 'tampered')
        }
        const isOther = head.size === size && hashText(head.root) !== root
        if (isOther) findings.add('fork', `${what} has another root`, { block: 0 })
      }
    },
    sealed(block, at) {
      if (block >= Math.max(anchored, after)) waitsSince ??= at
    },
    finish(size) {
      for (const head of heads) {
        if (head.size <= size) continue
        const message = `The head from ${head.source} has ${head.size} blocks, and the ledger ${size}: its end is missing`
        findings.add('rollback', message, { block: size })
      }
      if (anchored < 0) {
        findings.add('untrusted', 'Nothing outside the database was compared: it only agrees with itself')
      } else if (waitsSince !== undefined && !isRecent(waitsSince, startedAt - grace, clock.now())) {
        const message = `No head that was kept outside the database covers the blocks after the first ${anchored}, since ${waitsSince}`
        findings.add('unanchored', message, { block: anchored })
      }
    },
  }
}
