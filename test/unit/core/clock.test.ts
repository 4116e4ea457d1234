import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { systemClock } from '../../../src/core/clock.ts'

describe('a sleep of the system clock', () => {
  beforeEach(() => void vi.useFakeTimers())
  afterEach(() => void vi.useRealTimers())

  const day = 24 * 60 * 60 * 1000

  it.each([1, 2 ** 31 - 1, 2 ** 31, 2 ** 32 + 7, 30 * day])(
    'of %d milliseconds takes as long as that',
    async (length) => {
      let isOver = false
      systemClock.sleep(length).then(() => {
        isOver = true
      })
      await vi.advanceTimersByTimeAsync(length - 1)
      expect(isOver).toBe(false)
      await vi.advanceTimersByTimeAsync(1)
      expect(isOver).toBe(true)
      expect(vi.getTimerCount()).toBe(0)
    },
  )

  it.each([Number.POSITIVE_INFINITY, Number.MAX_SAFE_INTEGER, 100 * day])(
    'of %d milliseconds ends when its signal is aborted, and leaves no timer',
    async (length) => {
      const controller = new AbortController()
      let isOver = false
      const sleeping = systemClock.sleep(length, controller.signal).then(() => {
        isOver = true
      })
      await vi.advanceTimersByTimeAsync(60 * day)
      expect(isOver).toBe(false)
      controller.abort()
      await sleeping
      expect(vi.getTimerCount()).toBe(0)
    },
  )

  it('does not begin where its signal is aborted already', async () => {
    await systemClock.sleep(1000, AbortSignal.abort())
    expect(vi.getTimerCount()).toBe(0)
  })
})
