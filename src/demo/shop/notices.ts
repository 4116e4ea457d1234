import { z } from 'zod'
import { defineContract } from '../../messaging/contracts/define-contract.ts'

/** What the shop tells other services. */
export const notices = defineContract('shop.notices', {
  ops: {
    orderPlaced: { userId: z.string(), orderId: z.union([z.string(), z.number()]), placedAt: z.string() },
  },
  stream: ({ userId }) => `user:${userId}`,
})
