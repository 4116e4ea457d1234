import {
  type CommandOf,
  defineAggregate,
  defineEvents,
  defineProjection,
  type EventSet,
  type EventTypesOf,
  eventStore,
  repository,
} from 'tidemark'
import { openEmbedded } from 'tidemark/embedded'
import { given } from 'tidemark/testing'
import { z } from 'zod'

// What a team writes: compiled in projects of many settings, and its hovers are compared with a snapshot.

export const orderEvents = defineEvents({
  OrderPlaced: z.object({ customer: z.string() }),
  ItemAdded: z.object({ sku: z.string(), quantity: z.number().int().positive().default(1), price: z.number() }),
  ItemRemoved: z.object({ sku: z.string() }),
  Noted: z.object({ note: z.string().optional(), by: z.string().optional() }),
  OrderPaid: { schema: z.object({ amount: z.number() }), version: 2, upcast: { 1: (data) => ({ amount: data.sum }) } },
  OrderShipped: z.object({}),
})
/** Gives the event types a short name in hovers. */
export interface OrderEvents extends EventTypesOf<typeof orderEvents> {}
export const named: EventSet<OrderEvents> = orderEvents

export interface Order {
  readonly status: 'new' | 'placed' | 'shipped'
  readonly items: readonly string[]
}
const initial: Order = { status: 'new', items: [] }
export const order = defineAggregate<Order, OrderEvents>({
  category: 'order',
  events: orderEvents,
  initial,
  evolve: {
    OrderPlaced: (state) => ({ ...state, status: 'placed' }),
    ItemAdded: (state, { data }) => ({ ...state, items: [...state.items, data.sku] }),
    ItemRemoved: (state, { data }) => ({ ...state, items: state.items.filter((sku) => sku !== data.sku) }),
    Noted: (state) => state,
    OrderPaid: (state) => state,
    OrderShipped: (state) => ({ ...state, status: 'shipped' }),
  },
})

export interface Basket {
  readonly key: string
  readonly status: 'open' | 'done'
  readonly quantity: number
}
export const basket = defineProjection('basket', {
  events: orderEvents,
  key: (event) => event.streamId,
  initial: (key): Basket => ({ key, status: 'open', quantity: 0 }),
  on: {
    ItemAdded: (view, { data }) => ({ ...view, quantity: view.quantity + data.quantity }),
    OrderShipped: (view) => ({ ...view, status: 'done' }),
    ItemRemoved: () => null,
  },
})
export const inferred = defineProjection('inferred', {
  events: orderEvents,
  key: (event) => event.streamId,
  initial: (key) => ({ key, open: true }),
  on: { OrderShipped: (view) => ({ ...view, open: false }) },
})

const placed = { type: 'OrderPlaced', data: { customer: 'ann' } } as const
export const addItem =
  (sku: string): CommandOf<typeof order> =>
  (state) =>
    state.status === 'new' ? [placed, { type: 'ItemAdded', data: { sku, price: 1 } }] : []

/** Every form that a command of several events takes. */
export async function forms(): Promise<void> {
  const storage = await openEmbedded('./data')
  const orders = repository(storage, order)
  const handle = (id: string, command: CommandOf<typeof order>) => orders.execute(id, command)
  await handle('1', addItem('a'))
  await orders.execute('1', (state) =>
    state.status === 'new'
      ? []
      : [
          { type: 'OrderPlaced', data: { customer: 'a' } },
          { type: 'OrderShipped', data: {} },
        ],
  )
  await orders.execute('1', () => [
    { type: 'ItemAdded', data: { sku: 'a', price: 1 } },
    { type: 'Noted', data: {} },
    { type: 'OrderShipped', data: {} },
  ])
  await orders.execute('1', ({ status }) =>
    status === 'new' ? { type: 'OrderPlaced', data: { customer: 'a' } } : { type: 'OrderShipped', data: {} },
  )
  await orders.execute('1', ({ status }) =>
    status === 'new' ? { type: 'OrderPlaced', data: { customer: 'a' } } : { type: 'Noted', data: {} },
  )
  await orders.execute('1', ({ status, items }) => {
    if (status === 'shipped') return []
    if (items.length === 0) return { type: 'Noted', data: {} }
    return [
      { type: 'OrderPaid', data: { amount: 1 } },
      { type: 'Noted', data: { note: 'paid' } },
    ]
  })
  await orders.execute('1', ({ items }) => items.map((sku) => ({ type: 'ItemRemoved', data: { sku } })))
  await orders.execute('1', ({ items }) => [
    ...items.map((sku) => ({ type: 'ItemRemoved' as const, data: { sku } })),
    { type: 'OrderShipped', data: {} },
  ])
  await orders.execute('1', ({ items }) =>
    items.map((sku) => (sku === '' ? { type: 'OrderShipped', data: {} } : { type: 'ItemRemoved', data: { sku } })),
  )
  await orders.execute('1', () => [
    { type: 'Noted', data: {}, metadata: { correlationId: 'c' } },
    { type: 'OrderShipped', data: {}, id: 'x' },
    orderEvents.create('ItemAdded', { sku: 'a', price: 1 }),
  ])
  const decided = [orderEvents.create('OrderPaid', { amount: 1 }), orderEvents.create('OrderShipped', {})]
  await orders.execute('1', () => decided, { expectedVersion: 3, commandId: 'c' })
  await given(order)
    .when(({ items }) => (items.length > 0 ? [] : [placed, { type: 'Noted', data: {} }]))
    .then(placed, { type: 'Noted', data: {} })
  await eventStore(storage, orderEvents).append('order:1', [placed, { type: 'Noted', data: {} }], {
    expectedVersion: 'noStream',
  })
  const view = await storage.views.get(basket, '1')
  console.log(view?.quantity)
  await storage.close()
}
