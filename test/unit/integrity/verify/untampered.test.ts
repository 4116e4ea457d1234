import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Ledger } from '../../../../src/integrity/ledger/ledger.ts'
import { verifyChain } from '../../../../src/integrity/verify/verify-chain.ts'
import { openMemory } from '../../../../src/testing/memory/index.ts'
import { aChain } from '../../../support/integrity/a-chain.ts'
import { history, take } from '../../../support/integrity/a-history.ts'

const by = fc.constantFrom('feed' as const, 'stream' as const)
const ranges = fc.integer({ min: 1, max: 3 })

describe('a log that nobody tampered with', () => {
  test('has no finding, whatever was appended, deleted, erased and split, and whenever it was sealed', async () => {
    await fc.assert(
      fc.asyncProperty(ranges, history, async (count, steps) => {
        const storage = openMemory({ ranges: count })
        const chain = aChain(storage)
        for (const step of steps) await take(storage, chain, step)
        await chain.signHead()
        expect(await chain.verify()).toMatchObject({ result: 'clean', findings: [] })
        await chain.seal()
        await chain.signHead()
        // Now nothing may be unsealed, not even for a moment.
        const report = await chain.verify({ grace: 0 })
        expect(report).toMatchObject({ result: 'clean', findings: [], unsealed: 0 })
        expect(report.compared + report.erased.events).toBeGreaterThanOrEqual(report.events)
      }),
      { numRuns: 40 },
    )
  })

  test('has no finding while events are appended, deleted, erased, split and sealed', async () => {
    await fc.assert(
      fc.asyncProperty(ranges, history, history, by, async (count, before, meanwhile, by) => {
        const storage = openMemory({ ranges: count })
        const chain = aChain(storage)
        for (const step of before) await take(storage, chain, step)
        await chain.signHead()
        const others = storage.reopen()
        const work = (async () => {
          for (const step of meanwhile) await take({ ...others, split: storage.split }, chain, step)
        })()
        expect(await chain.verify({ by })).toMatchObject({ result: 'clean', findings: [] })
        await work
      }),
      { numRuns: 40 },
    )
  })

  test('has no finding after an earlier head, whatever others seal between two reads of the ledger', async () => {
    await fc.assert(
      fc.asyncProperty(ranges, history, history, history, by, async (count, before, after, meanwhile, by) => {
        const storage = openMemory({ ranges: count })
        const chain = aChain(storage)
        for (const step of before) await take(storage, chain, step)
        const since = await chain.signHead()
        for (const step of after) await take(storage, chain, step)
        const work = meanwhile.values()
        const ledger = whenRead(chain.ledger, async () => {
          const { value } = work.next()
          if (value !== undefined) await take(storage, chain, value)
        })
        const report = await verifyChain({ ...chain.context, ledger }, { trust: chain.trust(), since, by })
        expect(report).toMatchObject({ result: 'clean', findings: [] })
      }),
      { numRuns: 60 },
    )
  })

  test('has no finding when what was sealed after an earlier head, or a sample, is verified', async () => {
    const share = fc.double({ min: 0, max: 1, noNaN: true })
    await fc.assert(
      fc.asyncProperty(ranges, history, history, share, async (count, before, after, sample) => {
        const storage = openMemory({ ranges: count })
        const chain = aChain(storage)
        for (const step of before) await take(storage, chain, step)
        const since = await chain.signHead()
        for (const step of after) await take(storage, chain, step)
        await chain.seal()
        await chain.signHead()
        for (const options of [{ since }, { sample }, { since, sample }] as const) {
          for (const by of ['feed', 'stream'] as const) {
            const report = await chain.verify({ ...options, by, grace: 0 })
            expect(report).toMatchObject({ result: 'clean', findings: [] })
          }
        }
      }),
      { numRuns: 40 },
    )
  })
})

/** A ledger before each read of which something is done. */
const whenRead = (ledger: Ledger, act: () => Promise<void>): Ledger => ({
  ...ledger,
  async state() {
    await act()
    return ledger.state()
  },
  async blocks(from, count) {
    await act()
    return ledger.blocks(from, count)
  },
})
