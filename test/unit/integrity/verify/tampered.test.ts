import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { openMemory } from '../../../../src/testing/memory/index.ts'
import { aChain } from '../../../support/integrity/a-chain.ts'
import { history, take } from '../../../support/integrity/a-history.ts'
import { TAMPERINGS } from '../../../support/integrity/tamper-memory.ts'

describe('verifyChain finds it when somebody', () => {
  test.for(TAMPERINGS)('$name', async ({ apply, onlyMoves }) => {
    let done = 0
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 3 }), history, fc.nat(), async (ranges, steps, choice) => {
        const storage = openMemory({ ranges })
        const chain = aChain(storage)
        for (const step of steps) await take(storage, chain, step)
        await chain.seal()
        await chain.signHead()
        // By stream, what is left of an ended stream cannot be read.
        const hasEnded = [...storage.state.streams.values()].some(({ deleted }) => deleted)
        const expected = apply(storage.state, (limit) => choice % limit)
        fc.pre(expected !== undefined)
        done++
        const { result, counts } = await chain.verify()
        expect(result).toBe('tampered')
        if (!onlyMoves && !hasEnded) expect((await chain.verify({ by: 'stream' })).result).toBe('tampered')
        expect(Object.keys(counts).filter((code) => expected.includes(code))).not.toEqual([])
      }),
      { numRuns: 8, maxSkipsPerRun: 40 },
    )
    expect(done).toBeGreaterThan(0)
  })
})
