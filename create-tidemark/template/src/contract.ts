import { defineContract } from 'tidemark/messaging'
import { z } from 'zod'

/** What this service tells others. A call becomes an event, `shop.cart.checkedOut`, which groups of consumers handle. */
export const contract = defineContract('shop.cart', {
  ops: {
    checkedOut: {
      cartId: z.string(),
      items: z.array(z.object({ sku: z.string(), quantity: z.int() })),
    },
  },
  stream: ({ cartId }) => `checkout:${cartId}`,
})
