import { defineAggregate, defineEvents } from 'tidemark'
import { z } from 'zod'

export const orderEvents = defineEvents({
  OrderPlaced: z.object({ customer: z.string() }),
  ItemAdded: z.object({ sku: z.string(), quantity: z.int(), price: z.number() }),
  OrderShipped: z.object({}),
})

type Order = { placed: boolean; shipped: boolean; items: number }
const initial: Order = { placed: false, shipped: false, items: 0 }

export const order = defineAggregate({
  category: 'order',
  events: orderEvents,
  initial,
  evolve: {
    OrderPlaced: (state) => ({ ...state, placed: true }),
    ItemAdded: (state, event) => ({ ...state, items: state.items + event.data.quantity }),
    OrderShipped: (state) => ({ ...state, shipped: true }),
  },
})

export const place = (customer: string) => (state: Order) =>
  state.placed ? [] : [{ type: 'OrderPlaced' as const, data: { customer } }]

export const add = (sku: string, quantity: number, price: number) => (state: Order) => {
  if (state.shipped) throw new Error('It has been shipped')
  return [{ type: 'ItemAdded' as const, data: { sku, quantity, price } }]
}

export const ship = (state: Order) => {
  if (state.items === 0) throw new Error('It is empty')
  return state.shipped ? [] : [{ type: 'OrderShipped' as const, data: {} }]
}
