import { z } from 'zod'
import { defineContract } from '../../../../src/messaging/contracts/define-contract.ts'

const User = z.object({ name: z.string(), email: z.string() })

/** A contract whose operations share the order's id. */
export const shipment = defineContract('shop.shipment', {
  ops: {
    orderPlaced: { orderId: z.string(), user: User, time: z.iso.datetime(), gift: z.string().optional() },
    packing: { orderId: z.string(), email: z.string(), parcels: z.number().default(1) },
    labelled: {
      params: { orderId: z.string(), customer: z.string(), address: z.string() },
      personal: { of: ({ customer }) => customer, fields: { address: '(forgotten)' } },
    },
  },
  stream: ({ orderId }) => `order:${orderId}`,
})

/** The parameters of an order. */
export const order = (orderId: string) => ({
  orderId,
  user: { name: 'Ada', email: 'ada@example.com' },
  time: '2026-01-02T03:04:05Z',
})
