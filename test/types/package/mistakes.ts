import { defineAggregate, defineEvents, defineProjection, type EventStore, type Repository } from 'tidemark'
import { z } from 'zod'
import { type Order, type OrderEvents, order, orderEvents } from './shop.ts'

// What people get wrong. The message of each is compared with a snapshot: it is to name the mistake in one line.

declare const orders: Repository<Order, OrderEvents>
declare const log: EventStore<OrderEvents>
const evolve = { ...order.evolve }

// a misspelled event
orders.execute('1', () => ({ type: 'ItemAded', data: { sku: 'a', price: 1 } }))
// a misspelled event in a list
orders.execute('1', () => [
  { type: 'OrderShipped', data: {} },
  { type: 'ItemAded', data: { sku: 'a', price: 1 } },
])
// a misspelled event in a conditional
orders.execute('1', ({ status }) => (status === 'new' ? [] : [{ type: 'OrderShiped', data: {} }]))
// a misspelled event in a block
orders.execute('1', ({ status }) => {
  if (status === 'new') return []
  return { type: 'OrderShiped', data: {} }
})
// a misspelled field
orders.execute('1', () => ({ type: 'ItemAdded', data: { skuu: 'a', price: 1 } }))
// a misspelled optional field
orders.execute('1', () => [{ type: 'Noted', data: { nte: 'a' } }])
// a field that is missing
orders.execute('1', () => ({ type: 'ItemAdded', data: { sku: 'a' } }))
// a field of another type
orders.execute('1', () => [{ type: 'ItemAdded', data: { sku: 'a', price: '1' } }])
// an event without data
orders.execute('1', () => ({ type: 'OrderShipped' }))
// an async command
orders.execute('1', async () => [{ type: 'OrderShipped', data: {} }])
// a command that returns nothing
orders.execute('1', () => {})
// a command that sometimes returns nothing
orders.execute('1', ({ status }) => {
  if (status === 'new') return []
})
// events that were made elsewhere, without an annotation
const decided = [{ type: 'OrderShipped', data: {} }]
orders.execute('1', () => decided)
// create with a misspelled event
orderEvents.create('ItemAded', { sku: 'a', price: 1 })
// create with a misspelled field
orderEvents.create('ItemAdded', { skuu: 'a', price: 1 })
// an append of a misspelled event
log.append('order:1', [{ type: 'OrderShiped', data: {} }], { expectedVersion: 'any' })
// an append of a misspelled field
log.append('order:1', [{ type: 'ItemAdded', data: { skuu: 'a', price: 1 } }], { expectedVersion: 'any' })
// an append without options
log.append('order:1', [{ type: 'OrderShipped', data: {} }])
// an expected version that is none
orders.execute('1', () => [], { expectedVersion: 'none' })
// a state as of a Date
orders.load('1', { asOf: new Date(0) })
// a state as of another member
orders.load('1', { asOf: { recordedAt: new Date(0) } })
// a handler that is missing
defineAggregate<Order, OrderEvents>({
  category: 'order',
  events: orderEvents,
  initial: order.initial,
  evolve: {
    OrderPlaced: evolve.OrderPlaced,
    ItemAdded: evolve.ItemAdded,
    ItemRemoved: evolve.ItemRemoved,
    Noted: evolve.Noted,
    OrderPaid: evolve.OrderPaid,
  },
})
// a misspelled handler
defineAggregate<Order, OrderEvents>({
  category: 'order',
  events: orderEvents,
  initial: order.initial,
  evolve: { ...evolve, OrderShiped: () => order.initial },
})
// a handler that returns another state
defineAggregate<Order, OrderEvents>({
  category: 'order',
  events: orderEvents,
  initial: order.initial,
  evolve: { ...evolve, OrderPaid: (state) => ({ ...state, status: 'payed' }) },
})
// a misspelled field of an event in a handler
defineAggregate<Order, OrderEvents>({
  category: 'order',
  events: orderEvents,
  initial: order.initial,
  evolve: { ...evolve, ItemAdded: (state, { data }) => ({ ...state, items: [data.skuu] }) },
})
// a misspelled handler of a projection
defineProjection('p', {
  events: orderEvents,
  key: (e) => e.streamId,
  initial: (key) => ({ key }),
  on: { ItemAded: () => null },
})
// a misspelled field of an event in a projection
defineProjection('p', {
  events: orderEvents,
  key: (e) => e.streamId,
  initial: (key) => ({ key }),
  on: { ItemAdded: (_, { data }) => ({ key: data.skuu }) },
})
// a view of another type
defineProjection('p', {
  events: orderEvents,
  key: (e) => e.streamId,
  initial: (key) => ({ key }),
  on: { ItemAdded: (_, { data }) => ({ key: data.price }) },
})
// a key that is no text
defineProjection('p', { events: orderEvents, key: () => 7, initial: (key) => ({ key }), on: {} })
// a view that is not JSON
defineProjection('p', { events: orderEvents, key: (e) => e.streamId, initial: () => ({ at: new Date() }), on: {} })
// events that are not JSON
defineEvents({ Opened: z.object({ at: z.date() }) })
// a personal member that the data does not have
const person = z.object({ personId: z.string(), name: z.string() })
defineEvents({ Joined: { schema: person, personal: { of: (data) => data.personId, fields: { nam: '' } } } })
// a stand-in of another type
defineEvents({ Joined: { schema: person, personal: { of: (data) => data.personId, fields: { name: 0 } } } })
// no schema
defineEvents({ Opened: { at: 'string' } })
