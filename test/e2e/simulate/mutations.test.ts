import { afterEach, describe, expect, it, vi } from 'vitest'
import { chainMutations } from './chain-mutations.ts'
import { type Mutation, mutations as ofPlainRuns } from './mutations.ts'
import { peopleMutations } from './people-mutations.ts'
import { reactionMutations } from './reaction-mutations.ts'
import { timersMutations } from './timers-mutations.ts'

const mutations = { ...ofPlainRuns, ...peopleMutations, ...chainMutations, ...reactionMutations, ...timersMutations }

const SEEDS = 2_000
const module = '../../../src/testing/simulate/simulate.ts'

// Events that were folded twice, or never, or that somebody did not see who had waited for them.
const DAMAGE = /folded|lost|stale|regressed/

/** The first seed that does damage. */
async function firstFailure({
  interpose,
  replace,
  parts = [],
  symptom = DAMAGE,
}: Mutation): Promise<{ seed: number; failures: readonly string[] }> {
  vi.resetModules()
  if (replace) {
    const { module, by } = replace
    vi.doMock(`../../../src/${module}`, async (importOriginal) => {
      const original = await importOriginal<Record<string, unknown>>()
      return { ...original, ...(typeof by === 'function' ? by(original) : by) }
    })
  }
  const { simulate }: typeof import('../../../src/testing/simulate/simulate.ts') = await import(module)
  for (let seed = 0; seed < SEEDS; seed++) {
    const { failures } = await simulate({ seed, ...(interpose && { interpose }), parts })
    if (failures.some((failure) => symptom.test(failure))) return { seed, failures }
  }
  return { seed: SEEDS, failures: [] }
}

describe('the simulator finds', () => {
  afterEach(() => {
    for (const { replace } of Object.values(mutations)) if (replace) vi.doUnmock(`../../../src/${replace.module}`)
    vi.resetModules()
  })

  for (const [name, mutation] of Object.entries(mutations)) {
    it(name, { timeout: 120_000 }, async () => {
      const { seed, failures } = await firstFailure(mutation)
      expect(failures.join('\n'), `in none of ${seed} seeds`).toMatch(mutation.symptom ?? DAMAGE)
    })
  }
})
