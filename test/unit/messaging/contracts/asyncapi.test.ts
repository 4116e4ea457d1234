import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { Ajv } from 'ajv'
import { type } from 'arktype'
import * as v from 'valibot'
import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { toAsyncApi } from '../../../../src/messaging/contracts/asyncapi/to-asyncapi.ts'
import { defineContract } from '../../../../src/messaging/contracts/define-contract.ts'
import { shipment } from './shipment.ts'

const { resolve } = createRequire(import.meta.url)
const official = JSON.parse(readFileSync(resolve('@asyncapi/specs/schemas/3.0.0-without-$id.json'), 'utf8'))
const isAsyncApi = new Ajv({ strict: false, validateFormats: false }).compile(official)

const Tree = z.object({
  name: z.string(),
  get children() {
    return z.array(Tree)
  },
})
const trees = defineContract('shop.tree', {
  ops: { grown: { id: z.string(), tree: Tree, weight: type('number') } },
  stream: ({ id }) => `tree:${id}`,
})

describe('the AsyncAPI document of contracts', () => {
  test.each(['send', 'receive'] as const)('is valid by the official schema, with the action %s', async (action) => {
    const document = await toAsyncApi([shipment, trees], { action, environment: 'prod' })
    expect(isAsyncApi(document), JSON.stringify(isAsyncApi.errors)).toBe(true)
    // The schema refuses something.
    expect(isAsyncApi({ ...document, operations: { a: { action: 'call' } } })).toBe(false)
    expect(document.operations).toMatchObject({
      [`${action}.shop.shipment.packing`]: {
        action,
        channel: { $ref: '#/channels/shop.shipment' },
        messages: [{ $ref: '#/channels/shop.shipment/messages/packing' }],
      },
    })
  })

  test('has a channel with the address, and the parameters as they are stored as payload', async () => {
    const document = await toAsyncApi([shipment], { environment: 'prod', title: 'Shop', version: '2.1.0' })
    expect(document).toMatchObject({
      asyncapi: '3.0.0',
      info: { title: 'Shop', version: '2.1.0' },
      channels: { 'shop.shipment': { address: 'prod-shop.shipment' } },
    })
    const { messages } = document.components as { messages: Record<string, { payload: object }> }
    expect(messages['shop.shipment.orderPlaced']?.payload).toMatchObject({
      type: 'object',
      properties: { orderId: { type: 'string' }, user: { type: 'object', required: ['name', 'email'] } },
      required: ['orderId', 'user', 'time'],
    })
    // A parameter with a default is always stored.
    expect(messages['shop.shipment.packing']?.payload).toMatchObject({ required: ['orderId', 'email', 'parcels'] })
    expect(messages['shop.shipment.labelled']).toMatchObject({ 'x-personal': ['address'] })
  })

  test('has references that lead somewhere, also within the schema of a parameter', async () => {
    const document = await toAsyncApi([shipment, trees])
    const references = [...JSON.stringify(document).matchAll(/"\$ref":"#([^"]*)"/g)].map(([, path]) => path as string)
    expect(references.some((path) => path.includes('/payload/properties/tree'))).toBe(true)
    for (const path of references) {
      const found = path
        .slice(1)
        .split('/')
        .reduce<unknown>((value, step) => (value as Record<string, unknown>)?.[decodeURIComponent(step)], document)
      expect(found, path).toBeTypeOf('object')
    }
  })

  test('names a parameter whose schema cannot be represented', async () => {
    const stream = ({ id }: { id: string }) => `a:${id}`
    const bare = defineContract('a', { ops: { b: { id: z.string(), c: v.string() } }, stream })
    await expect(toAsyncApi([bare])).rejects.toMatchObject({
      code: 'InvalidDefinition',
      message: expect.stringMatching(/^Parameter c of a\.b: its schema, of valibot, has no ~standard\.jsonSchema/),
    })
    const odd = defineContract('a', { ops: { b: { id: z.string(), c: z.string().transform(Number) } }, stream })
    await expect(toAsyncApi([odd])).rejects.toThrow(/^Parameter c of a\.b cannot be represented in JSON Schema/)
  })
})
