import { describe, expect, it } from 'vitest'
import {
  call,
  check,
  defineRule,
  emit,
  on,
  removeProperty,
  setProperty,
  store,
  subjects,
} from '../../../src/rules/index.ts'
import { add, added, badges, cart, eventsOf, running, user, writtenTo } from './support.ts'

const productAdded = on(cart, 'productAdded')

describe('a rule that fires', () => {
  it('writes what changed, what it emits and stores, and why, in one append', async () => {
    const rule = defineRule('on-product-added', productAdded, {
      version: 3,
      subject: user,
      when: [check('not banned', ({ subject }) => !subject.properties.banned)],
      then: [
        setProperty('last_product_added', ({ event }) => event.data.product_id),
        removeProperty('nothing'),
        emit(badges, 'badgeEarned', ({ subject }) => ({ badge: String(subject.properties.last_product_added) })),
        store('user-log', ({ event }) => ({ type: event.type, ...event.data })),
      ],
    })
    const world = await running(rule)
    await using _ = world.port
    await add(world.port, 'cart:1', added('456', 'tea'))
    await world.pass(5_000)
    expect(world.failures).toEqual([])
    const [cause] = (await world.port.events.load('cart:1')).events
    expect(await writtenTo(world.port, 'user:456')).toEqual([
      ['$propertyChanged', { name: 'last_product_added', new: 'tea' }],
      ['badgeEarned', { badge: 'tea' }],
      ['$entryStored', { store: 'user-log', entry: { type: 'productAdded', user_id: '456', product_id: 'tea' } }],
      [
        '$ruleFired',
        {
          rule: 'on-product-added',
          version: 3,
          cause: { streamId: 'cart:1', version: 1, eventId: cause?.metadata.eventId, type: 'productAdded' },
          checks: [{ name: 'not banned', passed: true }],
          depth: 0,
        },
      ],
    ])
    const written = await eventsOf(world.port, 'user:456')
    const append = await world.port.events.findAppend('subject:user:456', written[0]?.metadata.eventId as string)
    expect(append?.events).toHaveLength(4)
    for (const { metadata } of written) {
      expect(metadata).toMatchObject({ causationId: cause?.metadata.eventId, ruleDepth: 0 })
    }
    expect(await subjects(world.port).load('user:456')).toEqual({
      id: 'user:456',
      version: 4,
      properties: { last_product_added: 'tea' },
      times: {},
    })
    await world.end()
  })

  it('calls its effects after the append, with what it wrote', async () => {
    const calls: unknown[] = []
    const rule = defineRule('on-product-added', productAdded, {
      subject: user,
      then: [
        setProperty('last', ({ event }) => event.data.product_id),
        emit(badges, 'badgeEarned', () => ({ badge: 'x' })),
        store('log', () => 1),
      ],
      effects: [
        call('mail', ({ event, subject, subjectVersion, changes, emitted, entries }, { attempt }) => {
          calls.push([event.data.product_id, subject, subjectVersion, changes, emitted, entries, attempt])
        }),
      ],
    })
    const world = await running(rule)
    await using _ = world.port
    await add(world.port, 'cart:1', added('456', 'tea'))
    await world.pass(5_000)
    expect(world.failures).toEqual([])
    const written = [[{ name: 'last', new: 'tea' }], [{ type: 'badgeEarned', data: { badge: 'x' } }]]
    expect(calls).toEqual([['tea', 'user:456', 4, ...written, [{ store: 'log', entry: 1 }], 1]])
    await world.end()
  })
})
