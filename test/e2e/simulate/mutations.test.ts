import { afterEach, describe, expect, it, vi } from 'vitest'
import { chainMutations } from './chain-mutations.ts'
import { type Mutation, mutations as ofPlainRuns } from './mutations.ts'
import { peopleMutations } from './people-mutations.ts'
import { reactionMutations } from './reaction-mutations.ts'
import { timersMutations } from './timers-mutations.ts'

const mutations = { ...ofPlainRuns, ...peopleMutations, ...chainMutations, ...reactionMutations, ...timersMutations }

const SEEDS = 2_000

/** The seed that finds it, where many before do not: it is searched for from there on. */
const FOUND_BY: { readonly [name: string]: number } = {
  'probes of an outage by every call': 232,
  'a waiting event that a replica does not show yet, taken for erased': 124,
  'a view in clear that is filled again from events that were opened before': 76,
  'a range that is sealed as a whole after its parts were': 72,
  'a version that is built again beneath its workers': 22,
  'a claim without the version of its append': 20,
  'a switch that does not wait for the new version': 18,
}
const module = '../../../src/testing/simulate/simulate.ts'

// Events that were folded twice, or never, or that somebody did not see who had waited for them.
const DAMAGE = /folded|lost|stale|regressed/

/** The first seed that does damage. */
async function firstFailure(
  { interpose, replace, parts = [], symptom = DAMAGE }: Mutation,
  from: number,
): Promise<{ seed: number; failures: readonly string[] }> {
  vi.resetModules()
  if (replace) {
    const { module, by } = replace
    vi.doMock(`../../../src/${module}`, async (importOriginal) => {
      const original = await importOriginal<Record<string, unknown>>()
      return { ...original, ...(typeof by === 'function' ? by(original) : by) }
    })
  }
  const { simulate }: typeof import('../../../src/testing/simulate/simulate.ts') = await import(module)
  for (let seed = from; seed < SEEDS; seed++) {
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
      const { seed, failures } = await firstFailure(mutation, FOUND_BY[name] ?? 0)
      expect(failures.join('\n'), `in none of ${seed} seeds`).toMatch(mutation.symptom ?? DAMAGE)
    })
  }
})
