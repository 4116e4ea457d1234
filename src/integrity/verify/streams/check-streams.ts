import type { Body } from '../../ledger/blocks/block.ts'
import type { CheckUnsealed } from '../events/check-unsealed.ts'
import type { Erasures } from '../events/erasures.ts'
import { readLedger } from '../ledger/read-ledger.ts'
import type { Run } from '../run.ts'
import { createStreamHeads } from './check-stream-heads.ts'
import { addPlaces, createVersions, reportGaps, type Versions } from './check-versions.ts'
import type { KeyedHash } from './keyed-hash.ts'
import { ALL_HASHES, LATE } from './stream-table.ts'

/** What was read of streams so far. */
export type ReadStreams = {
  readonly hash: KeyedHash
  /** The versions of the streams of the first pass. */
  readonly versions: Versions
  readonly erasures: Erasures
  readonly checkUnsealed: CheckUnsealed
}

/**
 * Compares the streams that the storage has with those that were sealed. If there are more than fit into the memory, it
 * reads the places of the ledger once more for each further part of them.
 */
export async function checkStreams(run: Run, { hash, versions, erasures, checkUnsealed }: ReadStreams): Promise<void> {
  const { tally, progress } = run
  for (let pass = versions; ; ) {
    const readOn = () => checkUnsealed({ endedAt: Number.NEGATIVE_INFINITY, marks: LATE })
    const heads = createStreamHeads(run, pass, erasures, readOn)
    await heads.list()
    // Streams that were deleted before they were listed have a tombstone by now.
    await readOn()
    if (heads.hasUnlisted()) {
      await eachBlock(async (_, { places }) => {
        for (const [streamId] of places) await heads.check(streamId)
      })
    }
    progress({ phase: 'streams', done: pass.table.to, total: ALL_HASHES })
    if (pass.table.to >= ALL_HASHES) return
    pass = createVersions(hash, pass.table.to, true)
    const next = pass
    await eachBlock(async (n, body) => reportGaps(run, erasures, n, addPlaces(run, next, { n, body })))
  }

  async function eachBlock(take: (n: number, body: Body) => Promise<void>): Promise<void> {
    for await (const { n, block } of readLedger(run, 0)) {
      if (n >= tally.size) return
      if (block !== undefined) await take(n, block.body)
    }
  }
}
