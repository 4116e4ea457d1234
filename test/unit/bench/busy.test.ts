import { expect, it, vi } from 'vitest'
import { createBusy } from '../../../bench/support/workers/busy.ts'

it('counts the time in which anything is under way once, however many things are', async () => {
  let now = 0
  using _clock = vi.spyOn(performance, 'now').mockImplementation(() => now)
  const busy = createBusy()
  const [first, second] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()]
  const begun = [busy.during(() => first.promise)]
  now = 2
  begun.push(busy.during(() => second.promise))
  now = 5
  first.resolve()
  await begun[0]
  now = 9
  second.resolve()
  await begun[1]
  expect(busy.total).toBe(9)

  now = 20
  await expect(busy.during(() => Promise.reject(new Error('refused')))).rejects.toThrow('refused')
  busy.at(() => (now = 23))
  expect(busy.total).toBe(12)
})
