import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { openChain } from '../../../../src/integrity/open-chain.ts'
import { openMemory } from '../../../../src/testing/memory/index.ts'
import { aChain } from '../../../support/integrity/a-chain.ts'
import { history, take } from '../../../support/integrity/a-history.ts'

describe('a log that several processes sealed', () => {
  test('has no finding while they seal it, and none when everything is sealed', async () => {
    const steps = fc.tuple(history, history)
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 3 }), steps, async (ranges, [before, after]) => {
        const storage = openMemory({ ranges })
        const chain = aChain(storage)
        const sealers = await Promise.all(
          [storage, storage.reopen()].map((one) => openChain(one, { origin: 'acme/meters' })),
        )
        const withSealer = (i: number) => ({
          ...chain,
          seal: async () => (await sealers[i % 2]?.sealNow())?.blocks ?? 0,
        })
        for (const [i, step] of before.entries()) await take(storage, withSealer(i), step)
        await Promise.all(sealers.map((sealer) => sealer.sealNow()))
        await chain.signHead()
        const work = Promise.all(after.map((step, i) => take(storage, withSealer(i), step)))
        for (const by of ['feed', 'stream'] as const) {
          expect(await chain.verify({ by })).toMatchObject({ result: 'clean', findings: [] })
        }
        await work
        await Promise.all(sealers.map((sealer) => sealer.sealNow()))
        await chain.signHead()
        for (const by of ['feed', 'stream'] as const) {
          expect(await chain.verify({ by, grace: 0 })).toMatchObject({ result: 'clean', findings: [], unsealed: 0 })
        }
      }),
      { numRuns: 40 },
    )
  })
})
