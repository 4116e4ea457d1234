import { describe, expect, it } from 'vitest'
import { reused } from '../../../../src/core/async/reused.ts'
import { manualClock } from '../../../../src/testing/manual-clock.ts'

describe('a reading that is used again', () => {
  function counting() {
    const clock = manualClock(1_000_000)
    let readings = 0
    let fails = false
    const read = reused(clock, 1_000, async () => {
      readings++
      if (fails) throw new Error('away')
      return readings
    })
    const failing = (next: boolean) => {
      fails = next
    }
    return { clock, read, failing }
  }

  it('is shared by all who ask within its time, also before it ends', async () => {
    const { clock, read } = counting()
    expect(await Promise.all([read(), read()])).toEqual([1, 1])
    clock.advance(999)
    expect(await read()).toBe(1)
    clock.advance(1)
    expect(await read()).toBe(2)
  })

  it('is read again when the clock was set back', async () => {
    const { clock, read } = counting()
    expect(await read()).toBe(1)
    clock.advance(-5_000)
    expect(await read()).toBe(2)
  })

  it('is not used again if it failed', async () => {
    const { read, failing } = counting()
    failing(true)
    await expect(read()).rejects.toThrow('away')
    failing(false)
    expect(await read()).toBe(2)
  })
})
