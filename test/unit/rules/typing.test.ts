import { expect, test } from 'vitest'
import { z } from 'zod'
import { defineEvents } from '../../../src/core/events/define-events.ts'
import { call, check, defineRule, emit, on, propertyChanged, setProperty, store } from '../../../src/rules/index.ts'

const cart = defineEvents({
  productAdded: z.object({ user_id: z.string(), product_id: z.string() }),
  loggedIn: z.object({ user_id: z.string() }),
})
const shop = defineEvents({ badgeEarned: z.object({ badge: z.string() }) })

test('the compiler knows the event in each function of a rule', () => {
  const rule = defineRule('on-product-added', on(cart, 'productAdded'), {
    subject: (event) => `user:${event.data.user_id}`,
    when: [check('not banned', ({ event, subject }) => event.data.product_id !== '' && !subject.properties.banned)],
    then: [
      setProperty('last_product_added', ({ event }) => event.data.product_id, {
        latestBy: ({ event }) => event.metadata.recordedAt,
      }),
      emit(shop, 'badgeEarned', ({ event }) => ({ badge: event.data.product_id })),
      // @ts-expect-error data that the schema refuses
      emit(shop, 'badgeEarned', ({ event }) => ({ badge: event.version })),
      store('user-log', ({ event }) => event.data),
      // @ts-expect-error a member that the event does not have
      store('other', ({ event }) => event.data.nothing),
    ],
    effects: [call('mail', async ({ event, subject }) => [event.data.product_id, subject])],
  })
  expect(rule.types).toEqual(['productAdded'])
  // @ts-expect-error a type that is not defined
  expect(() => on(cart, 'removed')).toThrow('A rule is on removed, which its events do not define')
  const either = defineRule('either', on(cart, 'productAdded', 'loggedIn'), {
    subject: ({ data }) => data.user_id,
    then: [setProperty('last', ({ event }) => (event.type === 'productAdded' ? event.data.product_id : null))],
  })
  expect(either.types).toEqual(['productAdded', 'loggedIn'])
})

test('the compiler knows the event of a rule on a property', () => {
  const rule = defineRule('on-order', propertyChanged('last_order'), {
    when: [check('has a value', ({ event }) => event.data.new !== undefined)],
    then: [setProperty('ordered', ({ event }) => event.data.new ?? null)],
  })
  expect(rule.property).toBe('last_order')
})
