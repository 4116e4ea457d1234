import { describe, expect, test } from 'vitest'
import { notify } from '../../../../src/core/async/callbacks.ts'
import { guardedTelemetry } from '../../../../src/core/telemetry/guarded-telemetry.ts'
import { noTelemetry, type Telemetry } from '../../../../src/core/telemetry/telemetry.ts'
import { unhandledDuring } from '../../../../src/testing/conformance/support/unhandled.ts'

const fail = () => {
  throw new Error('thrown')
}
const reject = async () => fail()
// A promise-like object that no promise library made, and that throws where it is asked.
const rude = { then: fail }

describe('notify', () => {
  test('passes what is told on', () => {
    const told: unknown[] = []
    notify((...parameters: unknown[]) => told.push(...parameters), 1, 'two')
    expect(told).toEqual([1, 'two'])
    notify(undefined, 1)
  })

  test('ignores what is thrown and what rejects', async () => {
    const unhandled = await unhandledDuring(async () => {
      notify(fail)
      notify(reject)
      notify(() => rude)
    })
    expect(unhandled).toEqual([])
  })
})

describe('guarded telemetry', () => {
  const start = { name: 'a span', kind: 'producer', attributes: {} } as const
  const broken = (call: () => never): Telemetry => ({
    count: call,
    time: call,
    record: call,
    observe: call,
    span: call,
  })

  test.each([
    ['throws', fail],
    ['returns promises that reject', reject as unknown as () => never],
    ['stops nothing', (() => reject) as unknown as () => never],
  ])('is undisturbed by one that %s', async (_, call) => {
    const telemetry = guardedTelemetry(broken(call))
    let runs = 0
    const unhandled = await unhandledDuring(async () => {
      telemetry.count('tidemark.events.appended', 1, {})
      telemetry.time('tidemark.fold.duration', {})()
      telemetry.record('azure.cosmosdb.client.operation.request_charge', 1, {})
      telemetry.observe(async () => [])()
      expect(await telemetry.span(start, async () => ++runs)).toBe(1)
    })
    expect(unhandled).toEqual([])
    expect(runs).toBe(1)
  })

  test('ends a span as the work ended, which runs once', async () => {
    const twice: Telemetry = {
      ...noTelemetry,
      span: async (_, work) => {
        await work('one').catch(() => {})
        return work('two')
      },
    }
    const seen: unknown[] = []
    const work = async (traceparent: string | undefined) => {
      seen.push(traceparent)
      throw new Error('of the work')
    }
    await expect(guardedTelemetry(twice).span(start, work)).rejects.toThrow('of the work')
    expect(seen).toEqual(['one'])
    const late: Telemetry = { ...noTelemetry, span: async (_, work) => work('late').finally(fail) }
    expect(await guardedTelemetry(late).span(start, async (traceparent) => traceparent)).toBe('late')
  })

  test('reads nothing where a reading fails', async () => {
    let read: (() => Promise<unknown>) | undefined
    const observing: Telemetry = {
      ...noTelemetry,
      observe(given) {
        read = given
        return () => {}
      },
    }
    guardedTelemetry(observing).observe(reject)
    expect(await read?.()).toEqual([])
  })
})
