import { afterEach, describe, expect, it, vi } from 'vitest'
import { type Mutation, mutations } from './mutations.ts'
import { kinds, SEARCHED } from './runs.ts'

// Milliseconds after which it hangs, however busy the machine is and in however many runs the damage is found.
const HANGS = 900_000

const module = '../../support/cosmos-faults/run.ts'

/** What the runs of the tests find, seed after seed, until they find the damage. */
async function firstFailures(make: () => Mutation): Promise<readonly string[]> {
  const { replace, symptom } = make()
  vi.resetModules()
  if (replace) {
    vi.doMock(`../../../src/${replace.module}`, async (importOriginal) => {
      const original = await importOriginal<Record<string, unknown>>()
      return { ...original, ...(typeof replace.by === 'function' ? replace.by(original) : replace.by) }
    })
  }
  const { runUnderFaults }: typeof import('../../support/cosmos-faults/run.ts') = await import(module)
  for (const seed of SEARCHED) {
    for (const kind of kinds) {
      const { interpose, staleViews, tamper } = make()
      const options = {
        ...kind,
        seed,
        ...(interpose && { interpose }),
        ...(staleViews !== undefined && { staleViews }),
        ...(tamper && { tamper }),
      }
      const { failures } = await runUnderFaults(options)
      if (failures.some((failure) => symptom.test(failure))) return failures
    }
  }
  return []
}

describe('the faults of the emulator find', () => {
  afterEach(() => {
    vi.doUnmock('../../../src/core/positions/tidemark.ts')
    vi.doUnmock('../../../src/core/positions/position.ts')
    vi.resetModules()
  })

  for (const [name, make] of Object.entries(mutations)) {
    it(name, { timeout: HANGS }, async () => {
      const failures = await firstFailures(make)
      expect(failures.join('\n'), 'in none of the seeds').toMatch(make().symptom)
    })
  }
})
