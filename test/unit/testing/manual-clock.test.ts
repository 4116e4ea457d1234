import { expect, it } from 'vitest'
import { manualClock } from '../../../src/testing/manual-clock.ts'

it('stands still until it is moved', async () => {
  const clock = manualClock(1000)
  expect(clock.now()).toBe(1000)
  const woken: string[] = []
  const sleeps = [clock.sleep(20).then(() => woken.push('late')), clock.sleep(10).then(() => woken.push('early'))]
  clock.advance(9)
  await Promise.resolve()
  expect([woken, clock.sleeping]).toEqual([[], 2])
  clock.set(1020)
  await Promise.all(sleeps)
  expect([woken, clock.sleeping, clock.now()]).toEqual([['early', 'late'], 0, 1020])
})

it('ends a sleep on abort, and at once where nothing is to be waited for', async () => {
  const clock = manualClock()
  const controller = new AbortController()
  const sleeping = clock.sleep(10, controller.signal)
  controller.abort()
  await sleeping
  await clock.sleep(10, controller.signal)
  await clock.sleep(0)
  expect(clock.sleeping).toBe(0)
})
