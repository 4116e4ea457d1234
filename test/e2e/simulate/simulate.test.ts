import { describe, expect, it } from 'vitest'
import { simulate } from '../../../src/testing/simulate/simulate.ts'
import { FAULT_KINDS } from '../../../src/testing/simulate/world/faults.ts'

const SEEDS = 2_000
const CHUNK = 250

describe('workers and their storage at its worst', () => {
  for (let from = 0; from < SEEDS; from += CHUNK) {
    it(`fold every event exactly once: seeds ${from} to ${from + CHUNK - 1}`, { timeout: 120_000 }, async () => {
      for (let seed = from; seed < from + CHUNK; seed++) {
        const { failures } = await simulate({ seed })
        expect(failures, `npm run simulate -- --seeds 1 --from ${seed} --trace`).toEqual([])
      }
    })
  }
})

describe('a simulation', () => {
  it('is the same for the same seed, and another for another', async () => {
    const hashes = new Set<string>()
    for (const seed of [1, 2, 3, 4, 5, 6, 7, 8, 9, 10]) {
      const { trace: _, ...first } = await simulate({ seed })
      const { trace, ...second } = await simulate({ seed, trace: 50 })
      expect(second).toEqual(first)
      expect(trace.length).toBeGreaterThan(0)
      hashes.add(first.hash)
    }
    expect(hashes.size).toBe(10)
  })

  it('lets everything that can go wrong go wrong, and nothing that was excluded', async () => {
    const counts: Record<string, number> = {}
    for (let seed = 0; seed < 60; seed++) {
      const { faults } = await simulate({ seed, events: 40 })
      for (const [kind, count] of Object.entries(faults)) counts[kind] = (counts[kind] ?? 0) + count
    }
    expect(Object.keys(counts).sort()).toEqual([...FAULT_KINDS].sort())
    const { faults } = await simulate({ seed: 1, faults: ['late'] })
    expect(Object.keys(faults)).toEqual(['late'])
    expect((await simulate({ seed: 1, faults: [] })).faults).toEqual({})
  })
})
