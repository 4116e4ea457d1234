// node --test: decisions are tested without a database.
import { test } from 'node:test'
import { given } from 'tidemark/testing'
import { add, order, place, ship } from './orders.ts'

const placed = { type: 'OrderPlaced', data: { customer: 'Ada' } }
const shipped = { type: 'OrderShipped', data: {} }

test('an order is placed once', async () => {
  await given(order).when(place('Ada')).then(placed)
  await given(order, placed).when(place('Ada')).then()
})

test('nothing is added to an order that was shipped, and an empty one is not shipped', async () => {
  await given(order, placed, shipped)
    .when(add('tea', 1, 2))
    .thenThrows(Error)
  await given(order, placed).when(ship).thenThrows(Error)
})
