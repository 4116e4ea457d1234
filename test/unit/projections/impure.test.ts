import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { HandlerFailed, ViewTooLarge } from '../../../src/core/errors/view.ts'
import { defineEvents } from '../../../src/core/events/define-events.ts'
import type { FeedEvent } from '../../../src/core/port/change-feed.ts'
import type { ViewDocument } from '../../../src/core/port/view-store.ts'
import { fullInterval } from '../../../src/core/positions/hash-interval.ts'
import { defineProjection } from '../../../src/projections/define-projection.ts'
import { itemsByKey } from '../../../src/projections/events-by-key.ts'
import { foldView } from '../../../src/projections/fold.ts'
import type { Projection, ViewKeys } from '../../../src/projections/projection.ts'
import { unhandledDuring } from '../../../src/testing/conformance/support/unhandled.ts'
import { givenEvents } from '../../../src/testing/given-when-then/projection.ts'

const events = defineEvents({ Noted: z.object({ n: z.number() }) })
const life = { incarnation: 'life', bytesPerView: 2_000 }

const given = (n: number): FeedEvent => ({
  event: {
    id: `s:1:${n + 1}`,
    stream: { id: 's:1', version: n + 1 },
    eventType: 'Noted',
    eventData: { n },
    metadata: { eventId: String(n), recordedAt: '2026-01-01T00:00:00.000Z' },
  },
  position: { lsn: n + 1, hash: '10', version: n + 1 },
  range: fullInterval,
  appendId: String(n),
})

/** Folds pages one after another, as far as they can be folded. */
async function foldPages(projection: Projection, pages: readonly (readonly FeedEvent[])[]) {
  let stored: ViewDocument | undefined
  let folded = 0
  for (const page of pages) {
    const items = (await itemsByKey(projection, page)).get('all') ?? []
    const result = foldView(projection, 'all', stored, items, life)
    stored = result.document ?? stored
    folded += result.folded
    const { failure } = result
    if (failure) return { data: stored?.data ?? null, folded, failed: failure.event.version, error: failure.error }
  }
  return { data: stored?.data ?? null, folded }
}

const later = async () => Promise.reject(new Error('later'))
const rejected = later as () => never

describe('a projection that is asynchronous is refused', () => {
  const views = { events, key: () => 'all' as ViewKeys, initial: () => ({ n: 0 }), on: { Noted: () => ({ n: 1 }) } }

  test.each([
    ['handler', { ...views, on: { Noted: rejected } }, /promise; a handler must be synchronous/],
    ['initial', { ...views, initial: rejected }, /promise; initial must be synchronous/],
  ])('in its %s, by a failure of the event', async (_, definition, message) => {
    const projection = defineProjection('slow', definition)
    const unhandled = await unhandledDuring(async () => {
      const { error, folded } = await foldPages(projection, [[given(0)]])
      expect(error).toBeInstanceOf(HandlerFailed)
      expect([folded, error?.message]).toEqual([0, expect.stringMatching(message)])
      const tested = givenEvents(projection, [{ streamId: 's:1', type: 'Noted', data: { n: 1 } }])
      await expect(tested.thenView('all', { n: 1 })).rejects.toThrow(message)
    })
    expect(unhandled).toEqual([])
  })

  test.each([
    ['key function', rejected],
    ['key function, in a list', (() => ['all', later()]) as unknown as () => string[]],
  ])('in its %s, by InvalidViewKey', async (_, key) => {
    const projection = defineProjection('slow', { ...views, key })
    const unhandled = await unhandledDuring(async () => {
      await expect(itemsByKey(projection, [given(0)])).rejects.toMatchObject({ code: 'InvalidViewKey' })
      await expect(itemsByKey(projection, [given(0)])).rejects.toThrow(/must be synchronous/)
    })
    expect(unhandled).toEqual([])
  })
})

describe('a projection that changes views in place', () => {
  test('changes no other view, also where something in a view was frozen by its handler', async () => {
    const shared: number[] = []
    const carts = defineProjection('carts', {
      events,
      key: ({ data }) => (data.n % 2 ? 'alice' : 'bob'),
      initial: () => Object.freeze({ items: shared }),
      on: {
        Noted: (view, { data }) => {
          view.items.push(data.n)
          return Object.freeze({ items: shared })
        },
      },
    })
    for (const key of ['alice', 'bob']) {
      const items = (await itemsByKey(carts, [0, 1, 2, 3].map(given))).get(key) ?? []
      expect(foldView(carts, key, undefined, items, life).failure?.error).toBeInstanceOf(HandlerFailed)
    }
    expect(shared).toEqual([])
    const kept = defineProjection('kept', {
      events,
      key: () => 'all',
      initial: () => ({ items: [0] }),
      on: { Noted: () => Object.freeze({ items: shared }) },
    })
    await foldPages(kept, [[given(0)]])
    expect(() => shared.push(1)).toThrow(TypeError)
  })
})

describe('where pages end', () => {
  const deep = (levels: number): object => (levels === 0 ? {} : { deep: deep(levels - 1) })
  const outcomes = {
    grows: (view: object, n: number) => ({ ...view, [`n${n}`]: n }),
    shrinks: () => ({ n: 0 }),
    isGone: () => null,
    isNaN: () => ({ n: Number.NaN }),
    hasNaNInside: (view: object) => ({ before: view, list: [1, { n: Number.NaN }] }),
    hasDate: () => ({ at: new Date(0) }),
    isTooDeep: () => deep(121),
    nestsWhatWasThere: (view: object) => ({ view }),
    isTooLarge: () => ({ text: 'x'.repeat(3_000) }),
    isLarge: () => ({ text: 'x'.repeat(1_000) }),
    isNothing: () => undefined,
    throws: () => {
      throw new Error('no luck')
    },
  } as const

  test('makes no difference to which event fails', async () => {
    const names = Object.keys(outcomes) as (keyof typeof outcomes)[]
    const faulty = names.filter(
      (name) => !['grows', 'shrinks', 'isGone', 'isLarge', 'nestsWhatWasThere'].includes(name),
    )
    // Most of the events are good ones: a fault must have something before and after it.
    const outcome = fc.oneof(
      { weight: 5, arbitrary: fc.constantFrom('grows', 'shrinks', 'isGone', 'isLarge', 'nestsWhatWasThere') },
      { weight: 1, arbitrary: fc.constantFrom(...faulty) },
    )
    const script = fc.array(outcome as fc.Arbitrary<keyof typeof outcomes>, { minLength: 1, maxLength: 30 })
    await fc.assert(
      fc.asyncProperty(script, fc.array(fc.integer({ min: 1, max: 6 })), async (made, sizes) => {
        const projection = defineProjection('scripted', {
          events,
          key: () => 'all',
          initial: () => ({}),
          on: { Noted: (view, { data }) => outcomes[made[data.n] ?? 'grows'](view, data.n) as object },
        })
        const all = made.map((_, n) => given(n))
        const pages: FeedEvent[][] = []
        for (let [from, i] = [0, 0]; from < all.length; i++) {
          const size = sizes[i % Math.max(sizes.length, 1)] ?? 3
          pages.push(all.slice(from, from + size))
          from += size
        }
        const { error, ...whole } = await foldPages(projection, [all])
        const cut = await foldPages(projection, pages)
        expect(cut).toMatchObject(whole)
        // The tidemarks of the pages before count among the bytes.
        const withoutBytes = (message: string | undefined) => message?.replace(/take \d+ bytes/, 'take some bytes')
        expect(withoutBytes(cut.error?.message)).toBe(withoutBytes(error?.message))
        if (error) expect(error instanceof HandlerFailed || error instanceof ViewTooLarge).toBe(true)
        const single = await foldPages(
          projection,
          all.map((event) => [event]),
        )
        expect(single).toMatchObject(whole)
      }),
      { numRuns: 300 },
    )
  })
})
