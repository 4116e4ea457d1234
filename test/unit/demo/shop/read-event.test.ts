import { expect, it } from 'vitest'
import type { JsonObject } from '../../../../src/core/json/json.ts'
import { readShopEvent } from '../../../../src/demo/shop/read-event.ts'

const event = (more: JsonObject): JsonObject => ({ type: 'x', ...more })

it.each([
  [
    'UserLoggedIn',
    'user_login user-login UserLogin user-logged-in user_logged_in UserLoggedIn USER_LOGGED_IN login logged_in ' +
      'user.login user/login user:login user.signed_in SignIn sign_in user_signin com.shop.user.login.v1 user_log_in ' +
      'login_successful user.login.success customer_login',
  ],
  [
    'ProductAdded',
    'product_added product-added ProductAdded product_added_to_cart product-added-to-cart add_to_cart AddToCart ' +
      'cart.product.added cart_item_added item_added added_to_cart product.add cart.add itemAddedToBasket ' +
      'com.shop.cart.product-added',
  ],
  [
    'OrderPlaced',
    'order_placed order-placed OrderPlaced ORDER_PLACED order.completed order-completed purchase purchased checkout ' +
      'checkout_completed check_out order_created place_order order_submitted user.purchase shop.order.placed',
  ],
])('recognises %s in any spelling', (type, spellings) => {
  const read = spellings.split(' ').map((given) => [given, readShopEvent({ type: given })?.type])
  expect(read).toEqual(spellings.split(' ').map((given) => [given, type]))
})

it.each([
  'user_logout',
  'login_failed',
  'product_viewed',
  'product_removed',
  'order_cancelled',
  'order',
  'order_shipped',
  'checkout_started',
  'add_user',
  'add',
  'cart',
  'user',
  'Überraschung',
  '-',
])('takes %s for no event of its own, and leaves its type as it is', (type) => {
  expect(readShopEvent({ type, user_id: 1, n: 2 })).toEqual({
    type,
    userId: '1',
    data: { type, user_id: '1', n: 2 },
  })
})

it.each([{}, { type: '' }, { type: ' ' }, { type: null }, { type: { a: 1 } }, { data: { type: 'login' } }])(
  'finds no type in %j',
  (sent) => {
    expect(readShopEvent(sent)).toBeUndefined()
  },
)

it.each([
  { user_id: 456 },
  { user_id: '456' },
  { userId: 456 },
  { UserID: '456' },
  { 'user-id': 456 },
  { user: 456 },
  { user: { id: '456', name: 'Ada' } },
  { user: { user_id: 456 } },
  { data: { user_id: 456 } },
  { payload: { userId: 456 } },
  { properties: { user: { id: 456 } } },
  { customer_id: '456' },
  { subject: 'user:456' },
  { user_id: null, data: { user_id: 456 } },
])('finds the user 456 in %j', (more) => {
  expect(readShopEvent(event(more))).toMatchObject({ userId: '456', data: { user_id: '456' } })
})

it.each([
  [{ product_id: 'p-1' }, 'p-1'],
  [{ productId: 789 }, 789],
  [{ product: { id: 'p-1', name: 'Tea' } }, 'p-1'],
  [{ product: { productId: 'p-1' } }, 'p-1'],
  [{ product: { name: 'Tea' } }, 'Tea'],
  [{ product: 'Tea' }, 'Tea'],
  [{ product_name: 'Tea' }, 'Tea'],
  [{ data: { product_id: 'p-1' } }, 'p-1'],
  [{ payload: { product: { id: 1 } } }, 1],
  [{ item: 'Tea' }, 'Tea'],
  [{ itemId: 'i-1' }, 'i-1'],
  [{ items: [{ id: 'i-1' }, { id: 'i-2' }] }, 'i-2'],
  [{ product_name: 'Tea', product_id: 'p-1' }, 'p-1'],
  [{ price: 3 }, undefined],
])('finds the product of %j', (more: JsonObject, product) => {
  expect(readShopEvent({ type: 'product_added', ...more })?.data.product_id).toBe(product)
})

it.each([
  [{ order_id: 'o-1' }, 'o-1'],
  [{ orderId: 7 }, 7],
  [{ order: { id: 'o-1', total: 3 } }, 'o-1'],
  [{ order: 'o-1' }, 'o-1'],
  [{ orderNumber: '17' }, '17'],
  [{ data: { order_id: 'o-1' } }, 'o-1'],
  [{ purchase_id: 'b-1' }, 'b-1'],
  [{ total: 3 }, undefined],
])('finds the order of %j', (more: JsonObject, order) => {
  expect(readShopEvent({ type: 'order_placed', ...more })?.data.order_id).toBe(order)
})

const NOON = '2026-11-30T12:00:00.000Z'
it.each([
  [{ timestamp: '2026-11-30T12:00:00Z' }, NOON],
  [{ timestamp: '2026-11-30T13:00:00+01:00' }, NOON],
  [{ timestamp: '2026-11-30T13:00:00+0100' }, NOON],
  [{ timestamp: '2026-11-30T12:00:00' }, NOON],
  [{ timestamp: '2026-11-30T12:00:00.000000' }, NOON],
  [{ timestamp: '2026-11-30 12:00:00' }, NOON],
  [{ timestamp: '2026-11-30 12:00:00 UTC' }, NOON],
  [{ timestamp: '2026-11-30T12:00' }, NOON],
  [{ timestamp: '2026-11-30' }, '2026-11-30T00:00:00.000Z'],
  [{ timestamp: 1_796_040_000 }, NOON],
  [{ timestamp: 1_796_040_000.5 }, '2026-11-30T12:00:00.500Z'],
  [{ timestamp: 1_796_040_000_000 }, NOON],
  [{ timestamp: '1796040000' }, NOON],
  [{ time: NOON }, NOON],
  [{ createdAt: NOON }, NOON],
  [{ data: { timestamp: NOON } }, NOON],
  [{ timestamp: 'yesterday' }, undefined],
  [{ timestamp: '2026-13-30T12:00:00Z' }, undefined],
  [{ timestamp: 1e300 }, undefined],
  [{ timestamp: -1 }, undefined],
  [{}, undefined],
])('reads the time of %j', (more: JsonObject, time) => {
  expect(readShopEvent(event(more))?.time).toBe(time)
})

it('keeps what was sent, and adds what it recognised', () => {
  const sent = { type: 'product-added', timestamp: 1_796_040_000, userId: 456, data: { productId: 'p-1', price: 3 } }
  expect(readShopEvent({ ...sent, id: 17 })).toEqual({
    type: 'ProductAdded',
    id: '17',
    userId: '456',
    time: NOON,
    data: { ...sent, id: 17, timestamp: NOON, user_id: '456', product_id: 'p-1' },
  })
})
