import { afterEach, describe, expect, it, vi } from 'vitest'
import { type Mutation, mutations } from './support/mutations.ts'

// The rarest mistake shows in about one run of a thousand.
const SEEDS = 8_000

/** What the first run reports that has a failure. */
async function firstFailure({ replace: { module, by } }: Mutation): Promise<readonly string[]> {
  vi.resetModules()
  vi.doMock(`../../../src/${module}`, async (importOriginal) => {
    const original = await importOriginal<Record<string, unknown>>()
    return { ...original, ...(typeof by === 'function' ? by(original as never) : by) }
  })
  const { runClaims } = await import('./support/run.ts')
  for (let seed = 0; seed < SEEDS; seed++) {
    const { failures } = await runClaims(seed)
    const damage = failures.filter((failure) => failure.includes('belongs to'))
    if (damage.length > 0) return damage
  }
  return []
}

describe('the runs with faults find', () => {
  afterEach(() => {
    for (const { replace } of Object.values(mutations)) vi.doUnmock(`../../../src/${replace.module}`)
    vi.resetModules()
  })

  it.each(Object.entries(mutations))('%s', { timeout: 300_000 }, async (_, mutation) => {
    expect(await firstFailure(mutation as Mutation)).not.toEqual([])
  })
})
