import { expect, it } from 'vitest'
import { forgettingProgress } from '../../../../src/privacy/forgetting/progress.ts'
import { sealed, setting } from '../support/vaults.ts'

it('a storage without a vault has no progress of forgetting', async () => {
  const { keys } = setting()
  expect(await forgettingProgress(keys, 0)).toBeUndefined()
})

it('how far forgetting is can be told without the master key, and since when it is overdue', async () => {
  const { keys, master, clock, open } = setting()
  const vault = await open()
  await sealed(vault, 'customer:1')
  await sealed(vault, 'customer:2')
  await vault.forget('customer:1')
  const { unwrap } = master.calls
  const soon = await forgettingProgress(keys, clock.now())
  expect(soon).toEqual({ people: 2, forgotten: 1, unfinished: 1, overdue: 0, overdueSince: null })
  const begun = clock.now()
  clock.advance(3_600_000)
  const late = await forgettingProgress(keys, clock.now())
  expect(late).toMatchObject({ people: 2, forgotten: 1, unfinished: 1, overdue: 1 })
  const since = Date.parse(late?.overdueSince ?? '')
  expect(since).toBeGreaterThan(begun)
  expect(since).toBeLessThan(clock.now())
  expect(master.calls.unwrap).toBe(unwrap)
})
