import { describe, expect, it } from 'vitest'
import { circuitBreaker } from '../../../../src/connectors/redis/circuit-breaker.ts'
import { manualClock } from '../../../../src/testing/manual-clock.ts'

function given() {
  const clock = manualClock()
  const breaker = circuitBreaker({
    failures: 3,
    pauses: { first: 1_000, most: 4_000, jitter: 0 },
    clock,
    random: () => 0,
  })
  const calls: string[] = []
  const fail = () =>
    breaker.run(async () => {
      calls.push('fail')
      throw new Error('down')
    })
  const succeed = () =>
    breaker.run(async () => {
      calls.push('succeed')
      return 'result'
    })
  return { clock, breaker, calls, fail, succeed }
}

describe('a circuit breaker', () => {
  it('returns what the work returns, and undefined for a failure', async () => {
    const { fail, succeed } = given()
    expect(await succeed()).toBe('result')
    expect(await fail()).toBeUndefined()
  })

  it('opens after three failures in a row, not after three in all', async () => {
    const { calls, fail, succeed } = given()
    for (const step of [fail, fail, succeed, fail, fail, succeed, fail, fail, fail]) await step()
    expect(calls).toHaveLength(9)
    expect(await succeed()).toBeUndefined()
    expect(calls).toHaveLength(9)
  })

  it('lets one probe through after the pause, whose success closes it', async () => {
    const { clock, calls, fail, succeed, breaker } = given()
    for (let i = 0; i < 3; i++) await fail()
    clock.advance(999)
    expect(await succeed()).toBeUndefined()
    clock.advance(1)
    const probe = Promise.withResolvers<string>()
    const probing = breaker.run(() => probe.promise)
    expect(await succeed()).toBeUndefined()
    probe.resolve('back')
    expect(await probing).toBe('back')
    expect(await succeed()).toBe('result')
    expect(calls).toEqual(['fail', 'fail', 'fail', 'succeed'])
  })

  it('stays open for longer after each probe that fails, up to the longest pause', async () => {
    const { clock, calls, fail } = given()
    for (let i = 0; i < 3; i++) await fail()
    for (const pause of [1_000, 2_000, 4_000, 4_000]) {
      const before = calls.length
      clock.advance(pause - 1)
      await fail()
      expect(calls).toHaveLength(before)
      clock.advance(1)
      await fail()
      expect(calls).toHaveLength(before + 1)
    }
  })
})
