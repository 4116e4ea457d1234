import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { defineAggregate } from '../../../src/aggregates/aggregate.ts'
import { repository } from '../../../src/aggregates/repository.ts'
import { defineEvents } from '../../../src/core/events/define-events.ts'
import { unhandledDuring } from '../../../src/testing/conformance/support/unhandled.ts'
import { given } from '../../../src/testing/given-when-then/aggregate.ts'
import { openMemory } from '../../../src/testing/memory/index.ts'
import { account, deposit, yearlyAccount } from './account.ts'

const events = defineEvents({ Added: z.object({ n: z.number() }) })
const add = (n: number) => ({ type: 'Added' as const, data: { n } })

/** What a command that was written in JavaScript may return. */
const wrong = <T>(returned: () => unknown) => returned as () => T

describe('a command', () => {
  test.each<[string, () => unknown, RegExp]>([
    ['a promise', async () => add(1), /promise.*not supported: fetch/],
    ['a promise that rejects', async () => Promise.reject(new Error('later')), /promise/],
    ['promises', () => [add(1), Promise.reject(new Error('later'))], /promise/],
    ['nothing', () => undefined, /returned nothing.*\[\] for none/],
    ['null', () => null, /something other than an event/],
    ['a text', () => 'Added', /something other than an event/],
    ['an event among other things', () => [add(1), undefined], /something other than an event/],
  ])('that returns %s is refused, and nothing is written', async (_, returned, message) => {
    const storage = openMemory()
    const accounts = repository(storage, account)
    const unhandled = await unhandledDuring(async () => {
      const executing = accounts.execute('1', wrong(returned))
      await expect(executing).rejects.toMatchObject({ code: 'InvalidCommand' })
      await expect(executing).rejects.toThrow(message)
      await expect(given(account).when(wrong(returned)).thenThrows('InvalidCommand')).resolves.toBeUndefined()
    })
    expect(unhandled).toEqual([])
    expect(await accounts.load('1')).toMatchObject({ exists: false })
  })

  test('that is refused leaves a period closed or open as it was', async () => {
    const storage = openMemory()
    const accounts = repository(storage, yearlyAccount)
    await accounts.execute('1', () => ({ type: 'Opened', data: { owner: 'Ada' } }), { period: '2020' })
    const later = accounts.execute(
      '1',
      wrong(() => undefined),
      { period: '2021' },
    )
    await expect(later).rejects.toMatchObject({ code: 'InvalidCommand' })
    const carry = wrong<never>(() => Promise.reject(new Error('later')))
    const unhandled = await unhandledDuring(async () => {
      const closing = repository(storage, { ...yearlyAccount, periods: { carry } })
      await expect(closing.close('1', { period: '2020', successor: '2021' })).rejects.toThrow(
        /carry returned a promise/,
      )
    })
    expect(unhandled).toEqual([])
    expect(await accounts.periods('1')).toEqual(['2020'])
    await accounts.execute('1', (state) => deposit(state, 5), { period: '2020' })
  })
})

describe('evolve', () => {
  test('that is asynchronous is refused wherever it is called', async () => {
    const slow = defineAggregate({
      category: 'slow',
      events,
      initial: { sum: 0 },
      evolve: { Added: wrong<{ sum: number }>(async () => Promise.reject(new Error('later'))) },
    })
    const storage = openMemory()
    const unhandled = await unhandledDuring(async () => {
      const executing = repository(storage, slow).execute('1', () => add(1))
      await expect(executing).rejects.toMatchObject({ code: 'InvalidDefinition' })
      await expect(executing).rejects.toThrow(/promise for Added/)
      expect((await storage.events.load('slow:1')).version).toBe(0)
      const stored = { eventType: 'Added', eventData: { n: 1 }, metadata: { eventId: 'x' } }
      await storage.events.append('slow:1', [stored], { expectedVersion: 0 })
      await expect(repository(storage, slow).load('1')).rejects.toMatchObject({ code: 'InvalidDefinition' })
      await expect(
        given(slow, add(1))
          .when(() => [])
          .then(),
      ).rejects.toMatchObject({ code: 'InvalidDefinition' })
    })
    expect(unhandled).toEqual([])
  })
})

/** A state in which lists lie at several depths, some of them frozen by whoever wrote it. */
const states = fc.record({ outer: fc.boolean(), inner: fc.boolean(), list: fc.boolean(), asMap: fc.boolean() })

type Carts = { readonly deep: { readonly items: number[] }; readonly map?: Map<string, number[]> }

function initialOf({ outer, inner, list, asMap }: { [flag: string]: boolean }): Carts {
  const freezeIf = <T>(flag: boolean | undefined, value: T): T => (flag ? Object.freeze(value) : value)
  const deep = freezeIf(inner, { items: freezeIf(list, [] as number[]) })
  return freezeIf(outer, asMap ? { deep, map: new Map([['items', [] as number[]]]) } : { deep })
}

describe('a state that evolve changes in place', () => {
  test('is never the state of another aggregate', async () => {
    const command = fc.record({ cart: fc.constantFrom('alice', 'bob', 'carol'), inMap: fc.boolean() })
    await fc.assert(
      fc.asyncProperty(states, fc.array(command, { maxLength: 8 }), fc.boolean(), async (state, commands, cache) => {
        const initial = initialOf(state)
        let inMap = false
        const cart = defineAggregate({
          category: 'cart',
          events,
          initial,
          evolve: {
            Added: (before, { data }) => {
              const items = inMap ? before.map?.get('items') : before.deep.items
              items?.push(data.n)
              return before
            },
          },
        })
        const carts = repository(openMemory(), cart, cache ? {} : { cache: false })
        const own = new Map<string, number[]>()
        for (const [n, { cart: id, inMap: where }] of commands.entries()) {
          inMap = where && state.asMap === true
          try {
            await carts.execute(id, () => add(n))
            own.set(id, [...(own.get(id) ?? []), n])
          } catch (error) {
            expect(error).toBeInstanceOf(TypeError)
          }
        }
        for (const id of ['alice', 'bob', 'carol', 'nobody']) {
          const loaded = await carts.load(id).catch(() => undefined)
          const seen = [...(loaded?.state.deep.items ?? []), ...(loaded?.state.map?.get('items') ?? [])]
          const mine = own.get(id) ?? []
          expect(seen.every((n) => mine.includes(n))).toBe(true)
        }
        expect(initial.deep.items).toEqual([])
        expect(initial.map?.get('items') ?? []).toEqual([])
        await given(cart)
          .when(({ deep, map }) => {
            expect([...deep.items, ...(map?.get('items') ?? [])]).toEqual([])
            return []
          })
          .then()
      }),
    )
  })

  test('with a Map in it is not given to the next command', async () => {
    const bag = defineAggregate({
      category: 'bag',
      events,
      initial: { seen: new Map<number, number>() },
      evolve: {
        Added: ({ seen }, { data }) => ({ seen: new Map(seen).set(data.n, (seen.get(data.n) ?? 0) + 1) }),
      },
    })
    const bags = repository(openMemory(), bag)
    await bags.execute('1', () => [add(1), add(2)])
    await bags.execute('1', ({ seen }) => {
      seen.clear()
      return add(1)
    })
    expect((await bags.load('1')).state.seen).toEqual(
      new Map([
        [1, 2],
        [2, 1],
      ]),
    )
    expect((await bags.load('2')).state.seen).toEqual(new Map())
    expect((await bags.load('2')).state.seen).not.toBe(bag.initial.seen)
  })

  class Cart {
    items: number[] = []
  }
  test.each([
    ['an instance of a class', { cart: new Cart() }],
    ['a function', { now: () => 1 }],
    ['a promise', Promise.resolve({})],
    ['a Map of instances', new Map([['a', new Cart()]])],
    ['an instance under a symbol', { when: new Date(0), [Symbol('a')]: new Cart() }],
  ])('cannot begin with %s', (_, initial) => {
    const define = () =>
      defineAggregate({ category: 'bag', events, initial: initial as object, evolve: { Added: (s) => s } })
    expect(define).toThrow(expect.objectContaining({ code: 'InvalidDefinition' }))
  })
})
