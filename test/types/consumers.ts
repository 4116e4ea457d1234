import { z } from 'zod'
import { defineConsumer } from '../../src/messaging/consumers/define-consumer.ts'
import { defineContract } from '../../src/messaging/contracts/define-contract.ts'

// Compiled, never run: each line below an @ts-expect-error must be refused.

type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false
const isTrue = <T extends true>(proof?: T) => proof

const shipment = defineContract('shop.shipment', {
  ops: {
    orderPlaced: { orderId: z.string(), user: z.object({ name: z.string() }) },
    packing: {
      params: { orderId: z.string(), customer: z.string(), email: z.string(), parcels: z.number().default(1) },
      personal: { of: ({ customer }) => customer, fields: { email: '' } },
    },
  },
  stream: ({ orderId }) => `order:${orderId}`,
})

/** Handlers get the parameters of their operation, without personal ones. */
export const transit = defineConsumer(shipment, {
  group: 'transit',
  on: {
    orderPlaced: ({ orderId, user }, { key, operation, environment, ack }) => {
      isTrue<Same<typeof orderId, string>>()
      isTrue<Same<typeof user, { name: string }>>()
      isTrue<Same<[typeof key, typeof operation, typeof environment], [string, string, string | null]>>()
      return ack()
    },
    packing: (parameters) => {
      isTrue<Same<keyof typeof parameters, 'orderId' | 'customer' | 'parcels'>>()
      isTrue<Same<typeof parameters.parcels, number>>()
    },
  },
})
defineConsumer(shipment, {
  group: 'report',
  unhandled: 'pass',
  personal: true,
  on: {
    packing: (parameters) => {
      isTrue<Same<keyof typeof parameters, 'orderId' | 'customer' | 'parcels' | 'email'>>()
    },
  },
})

// @ts-expect-error an operation without a handler
defineConsumer(shipment, { group: 'transit', on: { orderPlaced: () => {} } })
defineConsumer(shipment, {
  group: 'transit',
  unhandled: 'park',
  // @ts-expect-error no such operation
  on: { packed: () => {} },
})
// @ts-expect-error no such parameter
defineConsumer(shipment, { group: 'transit', unhandled: 'pass', on: { packing: ({ colour }) => colour } })
// @ts-expect-error a personal parameter, which the consumer does not ask for
defineConsumer(shipment, { group: 'transit', unhandled: 'pass', on: { packing: ({ email }) => email } })
// @ts-expect-error a group is missing
defineConsumer(shipment, { unhandled: 'pass', on: { packing: () => {} } })
// @ts-expect-error no such mode
defineConsumer(shipment, { group: 'transit', ack: 'never', unhandled: 'pass', on: { packing: () => {} } })

defineConsumer(shipment, {
  group: 'reminder',
  unhandled: 'pass',
  on: {
    orderPlaced: async ({ orderId }, ctx) => {
      await ctx.after(1_000, { timer: 'late', key: orderId })
      // @ts-expect-error no such timer
      await ctx.after(1_000, { timer: 'never', key: orderId })
    },
    packing: ({ orderId }, { cancel }) => cancel({ timer: 'late', key: orderId }),
  },
  timers: {
    late: (timer, { key, uri, ack, commandId }) => {
      isTrue<Same<[typeof timer.key, typeof key, typeof uri], [string, string, string]>>()
      commandId('remind')
      return ack()
    },
  },
})
defineConsumer(shipment, {
  group: 'transit',
  unhandled: 'pass',
  // @ts-expect-error a timer, and the consumer has none
  on: { packing: ({ orderId }, { after }) => after(1, { timer: 'late', key: orderId }) },
})
