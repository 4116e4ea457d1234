import { check, defineRule, on, setProperty, store } from '../../../rules/index.ts'
import { shopEvents } from '../events.ts'
import { entryOf, USER_LOG, userSubject } from '../user.ts'

export default defineRule('on-product-added', on(shopEvents, 'ProductAdded'), {
  description: 'Remembers the product that a user last added to the cart',
  subject: userSubject,
  when: [check('names a product', ({ event }) => event.data.product_id !== undefined)],
  then: [
    setProperty('last_product_added', ({ event }) => event.data.product_id ?? null),
    store(USER_LOG, ({ event }) => entryOf(event)),
  ],
  from: 'start',
})
