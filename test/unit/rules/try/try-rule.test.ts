import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { InvalidOption } from '../../../../src/core/errors/input.ts'
import type { StoragePort } from '../../../../src/core/port/storage.ts'
import {
  call,
  check,
  defineRule,
  emit,
  on,
  type Rule,
  setProperty,
  store,
  type TriedEvent,
  tryRule,
} from '../../../../src/rules/index.ts'
import { add, added, badges, cart, running } from '../support.ts'

const productAdded = on(cart, 'productAdded')
const user = ({ data }: { readonly data: { readonly user_id: string } }) => `user:${data.user_id}`
const START = new Date(0)

async function tried(port: StoragePort, rule: Rule, options: Partial<Parameters<typeof tryRule>[2]> = {}) {
  const all: TriedEvent[] = []
  for await (const one of tryRule(port, rule, { from: START, ...options })) all.push(one)
  return all
}

/** Everything that a storage holds. */
async function contentsOf(port: StoragePort) {
  const events: unknown[] = []
  for await (const streamId of port.events.streams()) events.push(...(await port.events.load(streamId)).events)
  return JSON.stringify([events, await port.leases.list()])
}

/** A storage that refuses to be written to. */
function readOnly(port: StoragePort): StoragePort {
  const refusing = <T extends object>(part: T): T =>
    new Proxy(part, {
      get(target, name) {
        const member = Reflect.get(target, name)
        if (typeof member !== 'function') return member
        if (/^(append|tombstone|erase|save|remove|drop|put|set)/.test(String(name))) {
          return () => Promise.reject(new Error(`${String(name)} was called`))
        }
        return member.bind(target)
      },
    })
  return {
    ...port,
    events: refusing(port.events),
    viewStore: refusing(port.viewStore),
    leases: refusing(port.leases),
    snapshots: refusing(port.snapshots),
  }
}

describe('a rule that is tried over history', () => {
  const limited = (version: number, most: number, calls: string[] = []) =>
    defineRule('limited', productAdded, {
      version,
      subject: user,
      when: [check(`fewer than ${most}`, ({ subject }) => Number(subject.properties.count ?? 0) < most)],
      then: [
        setProperty('count', ({ subject }) => Number(subject.properties.count ?? 0) + 1),
        store('log', ({ event }) => event.data.product_id),
      ],
      effects: [call('mail', ({ event }) => void calls.push(event.data.product_id))],
    })

  it('shows what it would have done with the properties that it would have set, and how that differs', async () => {
    const world = await running(limited(1, 2))
    await using _ = world.port
    for (const product of ['a', 'b', 'c', 'd']) await add(world.port, 'cart:1', added('456', product))
    await world.pass(5_000)
    await world.end()
    const calls: string[] = []
    const results = await tried(world.port, limited(2, 3, calls))
    expect(results.map(({ would, happened, difference }) => [would.outcome, happened?.outcome, difference])).toEqual([
      ['fired', 'fired', null],
      ['fired', 'fired', null],
      ['fired', 'blocked', 'fires'],
      ['blocked', 'blocked', 'check'],
    ])
    expect(results[2]).toMatchObject({
      event: { streamId: 'cart:1', version: 3, type: 'productAdded' },
      subject: 'user:456',
      would: {
        checks: [{ name: 'fewer than 3', passed: true }],
        changes: [{ name: 'count', old: 2, new: 3 }],
        emitted: [],
        entries: [{ store: 'log', entry: 'c' }],
      },
      happened: { version: 1, checks: [{ name: 'fewer than 2', passed: false }], blockedBy: 'fewer than 2' },
    })
    expect((await tried(world.port, limited(2, 1))).map(({ difference }) => difference)).toEqual([
      null,
      'blocks',
      'check',
      'check',
    ])
    expect(calls).toEqual([])
  })

  it('changes nothing in the storage, and calls no effect', async () => {
    const world = await running(limited(1, 2))
    await using _ = world.port
    await add(world.port, 'cart:1', added('456', 'a'), added('7', 'b'), added('456', 'c'))
    await world.pass(5_000)
    await world.end()
    const before = await contentsOf(world.port)
    const calls: string[] = []
    expect(await tried(readOnly(world.port), limited(2, 9, calls))).toHaveLength(3)
    expect(calls).toEqual([])
    expect(await contentsOf(world.port)).toBe(before)
  })

  it('is tried, as a new one, with the events of a time and with no more than a limit', async () => {
    const world = await running()
    await using _ = world.port
    const times: string[] = []
    for (let i = 0; i < 5; i++) {
      await add(world.port, `cart:${i}`, added('456', `p${i}`), cart.create('loggedIn', { user_id: '456', at: '' }))
      times.push((await world.port.events.load(`cart:${i}`)).events[0]?.metadata.recordedAt as string)
      await world.pass(1_000)
    }
    const rule = limited(1, 3)
    const of = async (options: Partial<Parameters<typeof tryRule>[2]>) =>
      (await tried(world.port, rule, options)).map(({ event, would, difference }) => [
        event.streamId,
        would.outcome,
        difference,
      ])
    const third = new Date(times[2] as string)
    expect(await of({})).toEqual([
      ['cart:0', 'fired', 'fires'],
      ['cart:1', 'fired', 'fires'],
      ['cart:2', 'fired', 'fires'],
      ['cart:3', 'blocked', null],
      ['cart:4', 'blocked', null],
    ])
    expect(await of({ from: third })).toHaveLength(3)
    expect(await of({ to: third })).toHaveLength(2)
    expect(await of({ limit: 1 })).toEqual([['cart:0', 'fired', 'fires']])
    await expect(of({ limit: 0 })).rejects.toThrow(InvalidOption)
    await world.end()
  })

  it('shows where it would fail, and goes on', async () => {
    const world = await running()
    await using _ = world.port
    await add(world.port, 'cart:1', added('456', 'tea'), added('456', ''), added('', 'milk'))
    const rule = defineRule('picky', productAdded, {
      subject: user,
      then: [
        emit(badges, 'badgeEarned', ({ event }) => ({ badge: (event.data.product_id || 7) as string })),
        setProperty('last', ({ event }) => event.data.product_id),
      ],
    })
    expect(
      (await tried(world.port, rule)).map(({ subject, would, difference }) => [subject, would, difference]),
    ).toEqual([
      [
        'user:456',
        expect.objectContaining({ outcome: 'fired', emitted: [{ type: 'badgeEarned', data: { badge: 'tea' } }] }),
        'fires',
      ],
      [
        'user:456',
        { outcome: 'failed', error: { code: 'RuleFailed', message: expect.stringContaining('emit badgeEarned') } },
        'fails',
      ],
      [
        null,
        { outcome: 'failed', error: { code: 'RuleFailed', message: expect.stringContaining('subject') } },
        'fails',
      ],
    ])
    await world.end()
  })

  it('ends with the reason of its signal', async () => {
    const world = await running()
    await using _ = world.port
    await add(world.port, 'cart:1', added('456', 'tea'))
    await expect(tried(world.port, limited(1, 3), { signal: AbortSignal.abort(new Error('enough')) })).rejects.toThrow(
      'enough',
    )
    await world.end()
  })

  it('makes no difference if it is the same rule that ran, whatever came between', async () => {
    const step = fc.record({
      stream: fc.constantFrom('cart:1', 'cart:2'),
      user: fc.constantFrom('1', '2'),
      product: fc.constantFrom('a', 'b', 'c'),
      pause: fc.constantFrom(0, 0, 1, 3_000),
    })
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 12 }), async (steps) => {
        const rule = limited(1, 3)
        const other = defineRule('other', productAdded, {
          subject: user,
          when: [check('is a', ({ event }) => event.data.product_id === 'a')],
          then: [setProperty('count', () => 0)],
        })
        const world = await running(rule, other)
        await using _ = world.port
        for (const { stream, user: id, product, pause } of steps) {
          await add(world.port, stream, added(id, product))
          if (pause > 0) await world.pass(pause)
        }
        let results = await tried(world.port, rule)
        for (let left = 50; left > 0 && results.some(({ happened }) => happened === null); left--) {
          await world.pass(200)
          results = await tried(world.port, rule)
        }
        await world.end()
        expect(results).toHaveLength(steps.length)
        expect(results.filter(({ difference }) => difference !== null)).toEqual([])
      }),
      { numRuns: 30 },
    )
  }, 60_000)
})
