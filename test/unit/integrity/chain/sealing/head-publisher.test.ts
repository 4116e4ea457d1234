import { expect, test } from 'vitest'
import { ChainDiverged, LedgerDamaged } from '../../../../../src/core/errors/integrity.ts'
import { createHeadPublisher } from '../../../../../src/integrity/chain/sealing/head-publisher.ts'
import type { HeadReport } from '../../../../../src/integrity/heads/head-report.ts'
import { manualClock } from '../../../../../src/testing/manual-clock.ts'

const turn = () => new Promise((resolve) => setImmediate(resolve))

/** A publisher whose attempts end as told. */
function publisher(outcomes: readonly ('current' | 'unavailable' | Error)[]) {
  const clock = manualClock()
  const failures: unknown[] = []
  const told = [...outcomes]
  let attempts = 0
  const made = createHeadPublisher(
    async () => {
      attempts++
      const outcome = told.shift() ?? 'current'
      if (outcome instanceof Error) throw outcome
      return { anchors: [{ state: outcome }] } as unknown as HeadReport
    },
    clock,
    (error) => failures.push(error),
  )
  const later = async (milliseconds: number) => {
    await turn()
    clock.advance(milliseconds)
    await turn()
  }
  return { made, later, failures, attempts: () => attempts }
}

test('heads are published at most every two seconds, and not at all while there is no new block', async () => {
  const { made, later, attempts } = publisher([])
  await later(10_000)
  expect(attempts()).toBe(1)
  made.sealed()
  made.sealed()
  await later(1)
  expect(attempts()).toBe(2)
  made.sealed()
  await later(1_000)
  expect(attempts()).toBe(2)
  await later(1_000)
  await later(60_000)
  expect(attempts()).toBe(3)
  await made.end()
})

test('an anchor that cannot be reached is tried again, without a new block', async () => {
  const { made, later, attempts, failures } = publisher(['unavailable', new LedgerDamaged('x'), 'current'])
  await later(30_000)
  await later(30_000)
  await later(60_000)
  expect(attempts()).toBe(3)
  expect(failures).toHaveLength(1)
  await made.end()
})

test('a head that contradicts an anchor is reported, and not tried again soon, not even at the end', async () => {
  const { made, later, attempts, failures } = publisher([new ChainDiverged('x')])
  await later(0)
  made.sealed()
  await later(60_000)
  expect([attempts(), failures]).toEqual([1, [expect.any(ChainDiverged)]])
  await made.end()
  expect(attempts()).toBe(1)
})

test('what was sealed last is published at the end', async () => {
  const { made, later, attempts } = publisher([])
  await later(0)
  made.sealed()
  await made.end()
  expect(attempts()).toBe(2)
})
