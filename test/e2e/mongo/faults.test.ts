import { randomInt } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { SOAK_MINUTES } from '../../support/killing/targets.ts'
import { findServer } from '../../support/mongo/server.ts'
import { type RunOptions, runUnderFaults } from '../../support/mongo-faults/run.ts'

const server = await findServer()
const given = process.env.TIDEMARK_SEED
const seeds = given === undefined ? [0, 1, 2, 3].map(() => randomInt(2 ** 31)) : [Number(given)]

async function assertWell(options: Omit<RunOptions, 'server'>): Promise<void> {
  const { failures, appends, troubles } = await runUnderFaults({ ...options, server: server as string })
  console.info(`TIDEMARK_SEED=${options.seed}: ${appends} appends, ${JSON.stringify(Object.fromEntries(troubles))}`)
  expect(failures, `TIDEMARK_SEED=${options.seed}`).toEqual([])
  expect(appends).toBeGreaterThan(20)
}

describe.skipIf(server === undefined).each([1, 8])('MongoDB at its worst, slots: %i', (slots) => {
  it('loses nothing, and folds nothing twice', { timeout: 120_000 }, async () => {
    for (const seed of seeds) await assertWell({ seed, slots })
  })

  if (SOAK_MINUTES > 0) {
    it(`nor does it in ${SOAK_MINUTES} minutes`, { timeout: (SOAK_MINUTES + 5) * 60_000 }, async () => {
      for (const end = Date.now() + SOAK_MINUTES * 60_000; Date.now() < end; ) {
        await assertWell({ seed: randomInt(2 ** 31), slots })
      }
    })
  }
})
