import { check, defineRule, emit, on, setProperty, store } from '../../../rules/index.ts'
import { shopEvents } from '../events.ts'
import { notices } from '../notices.ts'
import { entryOf, timeOf, USER_LOG, userSubject } from '../user.ts'

export default defineRule('on-order-placed', on(shopEvents, 'OrderPlaced'), {
  description: 'Remembers the last order of a user, and notifies other services of it',
  subject: userSubject,
  when: [check('names an order', ({ event }) => event.data.order_id !== undefined)],
  then: [
    setProperty('last_order', ({ event }) => event.data.order_id ?? null),
    store(USER_LOG, ({ event }) => entryOf(event)),
    // In the same append, so that there is a notification for each order and for nothing else; `publish-notices` sends it.
    emit(notices.events, 'shop.notices.orderPlaced', ({ event }) => ({
      userId: event.data.user_id ?? '',
      orderId: event.data.order_id ?? '',
      placedAt: timeOf(event),
    })),
  ],
  from: 'start',
})
