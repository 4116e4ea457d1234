import { randomInt } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { FAULT_KINDS as EMULATOR_FAULTS } from '../../../src/cosmos-emulator/index.ts'
import { FAULT_KINDS } from '../../../src/testing/simulate/world/faults.ts'
import { causes } from '../../support/cosmos-faults/causes.ts'
import { type RunOptions, type RunReport, runUnderFaults } from '../../support/cosmos-faults/run.ts'
import { SOAK_MINUTES } from '../../support/killing/targets.ts'
import { again, kinds, seeds, worst } from './runs.ts'

// Milliseconds after which a run hangs, however busy the machine is.
const HANGS = 300_000

async function assertWell(options: RunOptions): Promise<RunReport> {
  const report = await runUnderFaults(options)
  // The trail of what failed is told whole, which an assertion's own difference would not be.
  if (report.failures.length > 0) throw new Error(`${report.told()}\n\n${again(options)}`)
  return report
}

describe.each(kinds)(
  'Azure Cosmos DB at its worst, append: $append, physical partitions: $partitions, strict: $strict',
  (kind) => {
    // Most of their time they wait, so the seeds run at once.
    it.concurrent.each(seeds)('loses nothing, and folds nothing twice, seed %i', { timeout: HANGS }, async (seed) => {
      await assertWell({ ...kind, seed })
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
  },
)

const MORE_RUNS = 12

describe('what goes wrong', () => {
  const counts: Record<string, number> = {}
  const strikes = new Set<string>()

  it('is all that the simulator knows, each by a cause of its own', async () => {
    expect(Object.keys(causes).sort()).toEqual([...FAULT_KINDS].sort())
    expect(new Set(Object.values(causes)).size).toBe(FAULT_KINDS.length)
  })

  it.concurrent.each(worst)(
    'goes wrong all at once, append: $append, physical partitions: $partitions, strict: $strict, seed $seed',
    { timeout: HANGS },
    (kind) => runWorst(kind),
  )

  it('did go wrong, each of it', { timeout: 2 * HANGS }, async () => {
    // On a machine that is busy, a run is too short for what has few occasions.
    const isAll = () => Object.keys(counts).length === FAULT_KINDS.length && strikes.size === EMULATOR_FAULTS.length
    for (let more = 0; more < MORE_RUNS && !isAll(); more++) {
      const kind = worst[(more + 3) % worst.length]
      if (kind) await runWorst({ ...kind, seed: kind.seed + 100 + more })
    }
    expect(Object.keys(counts).sort()).toEqual([...FAULT_KINDS].sort())
    expect([...strikes].sort()).toEqual([...EMULATOR_FAULTS].sort())
  })

  async function runWorst(options: RunOptions): Promise<void> {
    const { faults, strikes: struck } = await assertWell({ ...options, everything: true })
    for (const kind of EMULATOR_FAULTS) if (struck[kind] > 0) strikes.add(kind)
    for (const [fault, count] of Object.entries(faults)) counts[fault] = (counts[fault] ?? 0) + count
  }
})
