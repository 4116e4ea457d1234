import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { UpcastFailed } from '../../../../src/core/errors/feed.ts'
import { decodeEvents } from '../../../../src/core/events/codec.ts'
import { defineEvents } from '../../../../src/core/events/define-events.ts'
import type { EventDocument } from '../../../../src/core/port/event-document.ts'
import { unhandledDuring } from '../../../../src/testing/conformance/support/unhandled.ts'

// biome-ignore lint/suspicious/noExplicitAny: as for upcasters themselves
type Upcaster = (data: any) => unknown

const upcastBy = (...upcasters: readonly Upcaster[]) => {
  const upcast: Record<number, Upcaster> = {}
  for (const [i, upcaster] of upcasters.entries()) upcast[i + 1] = upcaster
  return defineEvents({ A: { schema: z.record(z.string(), z.json()), version: upcasters.length + 1, upcast } })
}

const document = (eventData: EventDocument['eventData'] = { n: 5000 }): EventDocument => ({
  id: 'a:1:1',
  stream: { id: 'a:1', version: 1 },
  eventType: 'A',
  eventData,
  metadata: { eventId: 'x', recordedAt: '2026-01-01T00:00:00.000Z' },
})

const decode = async (upcaster: Upcaster, stored = document()) =>
  (await decodeEvents(upcastBy(upcaster), [stored]))[0]?.data

describe('an upcaster', () => {
  test('that changes what it is given fails, and what is stored stays as it is', async () => {
    const stored = document({ n: 5000, deep: [{ n: 1 }] })
    const inPlace = (data: { n: number }) => {
      data.n /= 1000
      return data
    }
    const deep = (data: { deep: { n: number }[] }) => {
      for (const one of data.deep) one.n = 0
      return data
    }
    for (const upcaster of [inPlace, deep]) {
      // Twice, as two projections that share a page would.
      await expect(decode(upcaster, stored)).rejects.toThrow(/read only/)
      await expect(decode(upcaster, stored)).rejects.toBeInstanceOf(UpcastFailed)
    }
    expect(stored.eventData).toEqual({ n: 5000, deep: [{ n: 1 }] })
  })

  test('is also given frozen data by the upcaster before it', async () => {
    const change = (data: { n: number }) => {
      data.n = 1
      return data
    }
    const set = upcastBy(() => ({ n: 0 }), change)
    await expect(decodeEvents(set, [document()])).rejects.toThrow(/version 2.*read only/)
  })

  test.each<[string, Upcaster, RegExp]>([
    ['a promise', async () => ({ n: 5 }), /promise/],
    ['a promise that rejects', async () => Promise.reject(new Error('later')), /promise/],
    ['an array', () => [{ n: 5 }], /an array/],
    ['a date', () => new Date(), /an instance of Date/],
    ['a map', () => new Map([['n', 5]]), /an instance of Map/],
    ['an instance of a class', () => new (class Reading {})(), /an instance of Reading/],
    ['a number', () => 5, /a number/],
    ['nothing', () => undefined, /undefined/],
    ['null', () => null, /null/],
    ['an object with a promise in it', () => ({ n: Promise.resolve(5) }), /data\.n: an instance of Promise/],
    ['an object with a date in it', () => ({ at: { day: new Date() } }), /data\.at\.day: an instance of Date/],
    ['an object with NaN in it', () => ({ n: Number.NaN }), /data\.n: NaN/],
  ])('that returns %s fails and says so', async (_, upcaster, message) => {
    const unhandled = await unhandledDuring(async () => {
      const decoding = decode(upcaster)
      await expect(decoding).rejects.toBeInstanceOf(UpcastFailed)
      await expect(decoding).rejects.toThrow(message)
    })
    expect(unhandled).toEqual([])
  })

  test('that shares an object between events does not share it with their readers', async () => {
    const shared = Object.freeze({ list: [1] })
    const [first, second] = await Promise.all([decode(() => shared), decode(() => shared)])
    expect(first).toEqual({ list: [1] })
    expect(first).not.toBe(second)
    expect((first as typeof shared).list).not.toBe(shared.list)
  })
})
