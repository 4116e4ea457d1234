import { expect, it } from 'vitest'
import { whileAlive } from '../../../../src/dashboard/folding/while-alive.ts'
import { manualClock } from '../../../../src/testing/manual-clock.ts'

const SILENCE = 5_000
const settle = () => new Promise<void>((resolve) => setImmediate(resolve))

it('waits for as long as there are signs of life, and no longer', async () => {
  const clock = manualClock()
  let signs = 0
  const watched = whileAlive(
    clock,
    new Promise<string>(() => {}),
    () => signs,
    SILENCE,
    () => new Error('silent'),
  )
  watched.catch(() => {})
  for (let i = 0; i < 20; i++) {
    signs++
    clock.advance(SILENCE)
    await settle()
    expect(clock.sleeping).toBe(1)
  }
  clock.advance(SILENCE)
  await expect(watched).rejects.toThrow('silent')
})

it('returns what the work returns, and stops watching', async () => {
  const clock = manualClock()
  const work = Promise.withResolvers<string>()
  const watched = whileAlive(
    clock,
    work.promise,
    () => 0,
    SILENCE,
    () => new Error('silent'),
  )
  work.resolve('done')
  expect(await watched).toBe('done')
  expect(clock.sleeping).toBe(0)
})
