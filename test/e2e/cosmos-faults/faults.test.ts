import { randomInt } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { FAULT_KINDS } from '../../../src/testing/simulate/faults.ts'
import { causes } from '../../support/cosmos-faults/causes.ts'
import { type RunOptions, runUnderFaults } from '../../support/cosmos-faults/run.ts'
import { SOAK_MINUTES } from '../../support/killing/targets.ts'
import { again, kinds, seeds } from './runs.ts'

async function assertWell(options: RunOptions): Promise<void> {
  const { failures } = await runUnderFaults(options)
  expect(failures, again(options.seed)).toEqual([])
}

describe.each(kinds)('Azure Cosmos DB at its worst, append: $append, physical partitions: $partitions', (kind) => {
  it('loses nothing, and folds nothing twice', { timeout: 120_000 }, async () => {
    // Most of their time they wait.
    await Promise.all(seeds.map((seed) => assertWell({ ...kind, seed })))
  })

  if (SOAK_MINUTES > 0) {
    it(`nor does it in ${SOAK_MINUTES} minutes`, { timeout: (SOAK_MINUTES + 5) * 60_000 }, async () => {
      const end = Date.now() + SOAK_MINUTES * 60_000
      const lane = async () => {
        while (Date.now() < end)
          await assertWell({ ...kind, seed: randomInt(2 ** 31), everything: Math.random() < 0.3 })
      }
      await Promise.all([lane(), lane()])
    })
  }
})

describe('what goes wrong', () => {
  it('is all that the simulator knows, each by a cause of its own', async () => {
    expect(Object.keys(causes).sort()).toEqual([...FAULT_KINDS].sort())
    expect(new Set(Object.values(causes)).size).toBe(FAULT_KINDS.length)
  })

  it('does go wrong where everything may', { timeout: 120_000 }, async () => {
    const runs = kinds.map((kind, i) => runUnderFaults({ ...kind, seed: i, everything: true }))
    const counts: Record<string, number> = {}
    for (const { failures, faults } of await Promise.all(runs)) {
      expect(failures).toEqual([])
      for (const [kind, count] of Object.entries(faults)) counts[kind] = (counts[kind] ?? 0) + count
    }
    expect(Object.keys(counts).sort()).toEqual([...FAULT_KINDS].sort())
  })
})
