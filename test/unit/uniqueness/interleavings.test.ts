import { expect, it } from 'vitest'
import { runClaims } from './support/run.ts'

const SEEDS = Number(process.env.SEEDS ?? 400)

it(`a value never has two owners, and a free one can be claimed, in ${SEEDS} runs with faults`, {
  timeout: 120_000,
}, async () => {
  const ends: Record<string, number> = {}
  let lapses = 0
  for (let seed = 0; seed < SEEDS; seed++) {
    const outcome = await runClaims(seed)
    expect(outcome.failures, `seed ${seed}`).toEqual([])
    for (const [end, count] of Object.entries(outcome.ends)) ends[end] = (ends[end] ?? 0) + count
    lapses += outcome.lapses
  }
  // Otherwise the runs would prove nothing.
  expect(lapses).toBeGreaterThan(SEEDS / 10)
  for (const end of ['done', 'ValueTaken', 'StorageUnavailable']) {
    expect(ends[end], end).toBeGreaterThan(SEEDS / 10)
  }
})
