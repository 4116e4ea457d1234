import { describe, expect, it } from 'vitest'
import { simulate } from '../../../../src/testing/simulate/simulate.ts'

const CHUNK = 50
const SEEDS = 100

/** Declares the tests of 100 seeds. They are divided among files, because each file runs in one process. */
export function simulateSeeds(first: number): void {
  describe('workers and their storage at its worst', () => {
    for (let from = first; from < first + SEEDS; from += CHUNK) {
      it(`fold every event exactly once: seeds ${from} to ${from + CHUNK - 1}`, { timeout: 300_000 }, async () => {
        for (let seed = from; seed < from + CHUNK; seed++) {
          const { failures } = await simulate({ seed })
          expect(failures, `npm run simulate -- --seed ${seed}`).toEqual([])
        }
      })
    }
  })
}
