import { type } from 'arktype'
import * as v from 'valibot'
import { z } from 'zod'
import type { EventOf, InputOf, PublicOf } from '../../src/core/events/types.ts'
import type { StoragePort } from '../../src/core/port/storage.ts'
import { type Contract, defineContract } from '../../src/messaging/contracts/define-contract.ts'
import { producer } from '../../src/messaging/contracts/producer.ts'

// Compiled, never run: each line below an @ts-expect-error must be refused.

type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false
const isTrue = <T extends true>(proof?: T) => proof

const User = z.object({ name: z.string(), email: z.string() })

const shipment = defineContract('shop.shipment', {
  ops: {
    orderPlaced: { orderId: z.string(), user: User, gift: z.string().optional() },
    packing: { orderId: z.string(), parcels: z.number().default(1) },
    labelled: {
      params: { orderId: z.string(), customer: z.string(), address: z.string().nullable(), scan: z.string() },
      version: 2,
      upcast: { 1: (data) => ({ ...data, scan: '' }) },
      personal: {
        of: (parameters) => {
          isTrue<Same<typeof parameters.address, string | null>>()
          return parameters.customer
        },
        fields: { address: null },
      },
      apart: ['scan'],
    },
    mixed: { orderId: v.string(), weight: type('number') },
  },
  stream: (parameters) => {
    isTrue<Same<keyof typeof parameters, 'orderId'>>()
    return `order:${parameters.orderId}`
  },
})

type Events = EventOf<typeof shipment.events>
isTrue<
  Same<
    Events['type'],
    'shop.shipment.orderPlaced' | 'shop.shipment.packing' | 'shop.shipment.labelled' | 'shop.shipment.mixed'
  >
>()
type OperationsOf<C> = C extends Contract<string, infer O> ? O : never
type Operations = OperationsOf<typeof shipment>
isTrue<
  Same<
    InputOf<Operations['orderPlaced']>,
    { orderId: string; user: { name: string; email: string }; gift?: string | undefined }
  >
>()
isTrue<Same<InputOf<Operations['packing']>, { orderId: string; parcels?: number | undefined }>>()
isTrue<Same<keyof PublicOf<Operations['labelled']>, 'orderId' | 'customer' | 'scan'>>()
isTrue<Same<InputOf<Operations['mixed']>, { orderId: string; weight: number }>>()
/** A contract is one, whatever its operations. */
export const contracts: readonly Contract[] = [shipment]

const op = { id: z.string(), name: z.string() }
// @ts-expect-error a parameter that not all operations have
defineContract('a', { ops: { one: op, other: { id: z.string() } }, stream: ({ name }) => `a:${name}` })
defineContract('a', {
  ops: { one: { params: op, personal: { of: ({ id }) => id, fields: { name: '' } } } },
  // @ts-expect-error a parameter about a person
  stream: ({ name }) => `a:${name}`,
})
// @ts-expect-error the id of a stream is a text
defineContract('a', { ops: { one: op }, stream: () => 7 })
// @ts-expect-error a Date is no JSON
defineContract('a', { ops: { one: { id: z.date() } }, stream: () => 'a:1' })
// @ts-expect-error no schema
defineContract('a', { ops: { one: { id: 'string' } }, stream: () => 'a:1' })
defineContract('a', {
  // @ts-expect-error no such parameter
  ops: { one: { params: op, personal: { of: ({ id }) => id, fields: { nam: '' } } } },
  stream: () => 'a:1',
})
// @ts-expect-error no such parameter
defineContract('a', { ops: { one: { params: op, apart: ['nam'] } }, stream: () => 'a:1' })

/** A producer takes the input of the schemas and nothing else. */
export async function send(storage: StoragePort): Promise<void> {
  const send = producer(storage, shipment)
  const { position, duplicate, streamId } = await send.packing({ orderId: '1' }, { id: 'a', metadata: { tenant: 1 } })
  isTrue<Same<typeof duplicate, boolean>>()
  isTrue<Same<typeof streamId, string>>()
  isTrue<Same<typeof position extends string ? true : false, true>>()
  await send.labelled({ orderId: '1', customer: 'c', address: null, scan: '' })
  // @ts-expect-error no such operation
  await send.packed({ orderId: '1' })
  // @ts-expect-error a parameter of another type
  await send.packing({ orderId: 1 })
  // @ts-expect-error no such parameter
  await send.packing({ orderId: '1', colour: 'red' })
  // @ts-expect-error a parameter is missing
  await send.orderPlaced({ orderId: '1' })
  // @ts-expect-error the id of a call is a text
  await send.packing({ orderId: '1' }, { id: 7 })
}
