import { z } from 'zod'
import { defineEvents } from '../../../../src/index.ts'
import { call, check, defineRule, on, setProperty, store } from '../../../../src/rules/index.ts'

export const cart = defineEvents({ productAdded: z.object({ user_id: z.string(), product_id: z.string() }) })

export default defineRule('on-product-added', on(cart, 'productAdded'), {
  description: 'Remembers the last product',
  from: 'start',
  subject: ({ data }) => `user:${data.user_id}`,
  when: [check('not banned', ({ event }) => event.data.product_id !== 'banned')],
  then: [
    setProperty('last_product_added', ({ event }) => event.data.product_id),
    store('user-log', ({ event }) => ({ ...event.data })),
  ],
  effects: [call('mail', () => {})],
})
