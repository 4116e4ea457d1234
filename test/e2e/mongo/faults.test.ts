import { randomInt } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { SOAK_MINUTES } from '../../support/killing/targets.ts'
import { findServer, isThorough } from '../../support/mongo/server.ts'
import { type RunOptions, type RunReport, runUnderFaults } from '../../support/mongo-faults/run.ts'
import { TROUBLES } from '../../support/mongo-faults/world.ts'

const server = await findServer()
const given = process.env.TIDEMARK_SEED
const draw = () => (given === undefined ? randomInt(2 ** 31) : Number(given))

async function assertWell(options: Omit<RunOptions, 'server'>): Promise<RunReport> {
  const report = await runUnderFaults({ ...options, server: server as string })
  const { failures, appends, troubles } = report
  console.info(`TIDEMARK_SEED=${options.seed}: ${appends} appends, ${JSON.stringify(Object.fromEntries(troubles))}`)
  expect(failures, `TIDEMARK_SEED=${options.seed}`).toEqual([])
  expect(appends).toBeGreaterThan(10)
  return report
}

describe.skipIf(server === undefined)('MongoDB at its worst', () => {
  it('loses nothing, and folds nothing twice, where everything goes wrong', { timeout: 240_000 }, async () => {
    const came = new Set<string>()
    // What is rare may need another run, where the machine is busy.
    for (let i = 0; i < 2 || (i < 8 && came.size < TROUBLES.length); i++) {
      const { troubles } = await assertWell({ seed: draw(), slots: i % 2 === 0 ? 1 : 8, everything: true })
      for (const trouble of troubles.keys()) came.add(trouble)
    }
    expect([...came].sort()).toEqual([...TROUBLES].sort())
  })

  if (isThorough) {
    it.each([1, 8])('nor where a seed decides what does, slots: %i', { timeout: 240_000 }, async (slots) => {
      for (let i = 0; i < (given === undefined ? 4 : 1); i++) await assertWell({ seed: draw(), slots })
    })
  }

  if (SOAK_MINUTES > 0) {
    it.each([1, 8])(
      `nor in ${SOAK_MINUTES} minutes, slots: %i`,
      { timeout: (SOAK_MINUTES + 5) * 60_000 },
      async (slots) => {
        for (const end = Date.now() + SOAK_MINUTES * 60_000; Date.now() < end; ) {
          await assertWell({ seed: randomInt(2 ** 31), slots, everything: Math.random() < 0.3 })
        }
      },
    )
  }
})
