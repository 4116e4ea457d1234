import { z } from 'zod'
import { defineEvents } from '../../core/events/define-events.ts'

const id = z.union([z.string(), z.number()])

/** What is missing was not in what was sent, or not recognised. Everything else that was sent stays. */
const sent = z
  .object({
    /** The type as it was sent. */
    type: z.string().optional(),
    timestamp: z.string().optional(),
    user_id: z.string().optional(),
  })
  .catchall(z.json())

/** The events of the shop's site; `readShopEvent` makes them of what is sent. */
export const shopEvents = defineEvents({
  UserLoggedIn: sent,
  ProductAdded: sent.extend({ product_id: id.optional() }),
  OrderPlaced: sent.extend({ order_id: id.optional() }),
})
