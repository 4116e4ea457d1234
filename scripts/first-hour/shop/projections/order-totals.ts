import { defineProjection, idOf } from 'tidemark'
import { orderEvents } from '../orders.ts'

export default defineProjection('order-totals', {
  events: orderEvents,
  key: (event) => idOf(event.streamId),
  initial: (key: string) => ({ order: key, items: 0, total: 0, shipped: false }),
  on: {
    ItemAdded: (view, { data }) => ({
      ...view,
      items: view.items + data.quantity,
      total: view.total + data.quantity * data.price,
    }),
    OrderShipped: (view) => ({ ...view, shipped: true }),
  },
})
