import { LedgerDamaged } from '../../../core/errors/integrity.ts'
import type { Block, Body, Header } from '../../ledger/blocks/block.ts'
import type { Hash } from '../../merkle/hash.ts'
import type { Run } from '../run.ts'

/** A block that has the shape of one, with its leaves. */
export type CheckedBlock = {
  readonly n: number
  readonly header: Header
  readonly body: Body
  readonly leaves: readonly Hash[]
}

/** A block, or why there is none. */
export type FoundBlock = { readonly n: number } & (
  | { readonly block: Block }
  | { readonly block: undefined; readonly is: 'missing' | 'damaged' }
)

// Blocks read at once: a few megabytes.
const BATCH = 16

// How far beyond what seems to be the end of the ledger blocks are looked for, in steps that double.
const FARTHEST = 2 ** 16

/**
 * Reads the blocks of a ledger in order, to its end as it is when it is reached.
 *
 * @param from the number of the first
 * @returns when the end was looked for, milliseconds since 1970: what was appended before it is in the blocks read
 */
export async function* readLedger(
  { ledger, signal, clock }: Pick<Run, 'ledger' | 'signal' | 'clock'>,
  from: number,
): AsyncGenerator<FoundBlock, number> {
  let n = from
  // After a damaged block in a batch, one by one, until it is behind.
  let single = 0
  for (;;) {
    signal.throwIfAborted()
    const asked = clock.now()
    const found = await readSome(n, single > 0 ? 1 : BATCH)
    if (single > 0) single--
    if (found === 'damaged') {
      if (single === 0) {
        single = BATCH
        continue
      }
      yield { n, block: undefined, is: 'damaged' }
      n++
    } else if (found.length > 0) {
      for (const block of found) yield { n: n++, block }
    } else if (await isFollowed(n)) {
      // The next one may have been written since.
      if ((await readSome(n, 1)).length > 0) continue
      yield { n, block: undefined, is: 'missing' }
      n++
    } else {
      return asked
    }
  }

  async function readSome(first: number, count: number): Promise<readonly Block[] | 'damaged'> {
    try {
      return await ledger.blocks(first, count)
    } catch (error) {
      if (error instanceof LedgerDamaged && error.block !== null) return 'damaged'
      throw error
    }
  }

  async function isFollowed(missing: number): Promise<boolean> {
    for (let step = 1; step <= FARTHEST; step *= 2) {
      if ((await readSome(missing + step, 1)).length > 0) return true
    }
    return false
  }
}
