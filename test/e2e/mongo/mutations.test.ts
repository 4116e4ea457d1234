import { afterEach, describe, expect, it, vi } from 'vitest'
import { findServer, isThorough } from '../../support/mongo/server.ts'
import { type Mutation, mutations } from './mutations.ts'

const server = isThorough ? await findServer() : undefined
const module = '../../support/mongo-faults/run.ts'
const SEEDS = Array.from({ length: 20 }, (_, i) => i + 1)

/** What runs as those of the tests find, seed after seed, until they find the damage. */
async function firstFailures({ replace, interpose, symptom }: Mutation): Promise<readonly string[]> {
  vi.resetModules()
  if (replace) {
    vi.doMock(`../../../src/adapters/mongo/${replace.module}`, async (importOriginal) => {
      const original = await importOriginal<Record<string, unknown>>()
      return { ...original, ...replace.by(original as never) }
    })
  }
  const { runUnderFaults }: typeof import('../../support/mongo-faults/run.ts') = await import(module)
  for (const seed of SEEDS) {
    const options = {
      server: server as string,
      seed,
      slots: 1 + (seed % 2) * 3,
      everything: seed % 2 === 0,
      ...(interpose && { interpose }),
    }
    const { failures } = await runUnderFaults(options)
    if (failures.some((failure) => symptom.test(failure))) return failures
  }
  return []
}

describe.skipIf(server === undefined)('the faults of MongoDB find', () => {
  afterEach(() => {
    for (const { replace } of Object.values(mutations)) {
      if (replace) vi.doUnmock(`../../../src/adapters/mongo/${replace.module}`)
    }
    vi.resetModules()
  })

  for (const [name, mutation] of Object.entries(mutations)) {
    it(name, { timeout: 300_000 }, async () => {
      const failures = await firstFailures(mutation)
      expect(failures.join('\n'), 'in none of the seeds').toMatch(mutation.symptom)
    })
  }
})
