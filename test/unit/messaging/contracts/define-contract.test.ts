import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { InvalidDefinition } from '../../../../src/core/errors/input.ts'
import { addressOf } from '../../../../src/messaging/contracts/address.ts'
import { defineContract } from '../../../../src/messaging/contracts/define-contract.ts'
import { shipment } from './shipment.ts'

const define = (uri: string, ops: unknown, stream: unknown = () => 'a:1') =>
  defineContract(uri, { ops, stream } as never)
const op = { id: z.string() }

describe('a contract', () => {
  test('names the events of its calls by its uri and the operation', () => {
    expect(Object.keys(shipment.events.definitions)).toEqual([
      'shop.shipment.orderPlaced',
      'shop.shipment.packing',
      'shop.shipment.labelled',
    ])
  })

  test.each([
    ['', 'empty'],
    ['Shop', 'a capital'],
    ['shop.', 'an empty word'],
    ['shop shipment', 'a blank'],
    ['shop-shipment', 'a hyphen, which separates environment, uri and group'],
    ['shop/shipment', 'a slash'],
    ['shop:shipment', 'a colon'],
    ['shop.*', 'a wildcard of NATS'],
    ['$shop', 'a reserved name'],
    ['1shop', 'a digit first'],
    ['a'.repeat(81), 'too long'],
  ])('cannot have the uri %j: %s', (uri) => {
    expect(() => define(uri, { op })).toThrow(InvalidDefinition)
    expect(() => define(uri, { op })).toThrow(/cannot be the uri of a contract/)
  })

  test('needs operations', () => {
    expect(() => define('shop', {})).toThrow(
      new InvalidDefinition('Contract shop has no operations; define at least one'),
    )
    expect(() => define('shop', undefined)).toThrow(InvalidDefinition)
  })

  test.each(['', 'then', 'order-placed', 'a.b', '__proto__', '1st', 'a'.repeat(81)])(
    'cannot have an operation called %j',
    (name) => {
      expect(() => define('shop', Object.fromEntries([[name, op]]))).toThrow(/cannot name an operation/)
    },
  )

  test.each([
    [{ op: null }, /must be an object of schemas/],
    [{ op: z.string() }, /needs a schema for each parameter/],
    [{ op: { id: 'string' } }, /parameter id of operation op needs a Standard Schema/],
    [{ op: { params: { id: {} } } }, /parameter id of operation op needs a Standard Schema/],
    [{ op: { params: op, version: 2 } }, /an upcaster from version 1 is missing/],
  ])('refuses %j', (ops, message) => {
    expect(() => define('shop', ops)).toThrow(InvalidDefinition)
    expect(() => define('shop', ops)).toThrow(message)
  })

  test('may have an operation with a parameter called params', () => {
    expect(Object.keys(define('shop', { op: { params: z.string() } }).operations.op as object)).toEqual(['params'])
    expect(Object.keys(define('shop', { op: { params: { params: z.string() } } }).operations.op as object)).toEqual([
      'params',
    ])
  })

  test('needs a function for streams', () => {
    expect(() => define('shop', { op }, 'a:1')).toThrow(/stream must be a function/)
  })
})

describe('the stream of a call', () => {
  test('is made of parameters that all operations have', () => {
    expect(shipment.streamOf({ orderId: '7', email: 'x' })).toBe('order:7')
  })

  test('is not made of a parameter that an operation lacks, rather than of the text undefined', () => {
    const contract = define(
      'shop',
      { a: { id: z.string(), x: z.string() }, b: { id: z.string() } },
      ({ x }: never) => `a:${x}`,
    )
    expect(() => contract.streamOf({ id: '1', x: '2' })).toThrow(/reads the parameter x, which not all operations have/)
  })

  test('is not made of what is about a person', () => {
    const personal = { of: ({ id }: { id: string }) => id, fields: { name: '' } }
    const ops = { a: { params: { id: z.string(), name: z.string() }, personal } }
    const contract = define('shop', ops, ({ name }: { name: string }) => `a:${name}`)
    expect(() => contract.streamOf({ id: '1', name: 'Ada' })).toThrow(/parameter name, which is about a person/)
  })

  test.each(['order', 'order:', '', 7, Promise.resolve('order:1')])('is not %j', (id) => {
    expect(() => define('shop', { op }, () => id).streamOf({ id: '1' })).toThrow(
      expect.objectContaining({ code: 'InvalidStreamId' }),
    )
  })
})

test('no two pairs of environment and contract have the same address', () => {
  const word = fc.stringMatching(/^[a-z][a-z0-9]{0,3}$/)
  const uri = fc.array(word, { minLength: 1, maxLength: 2 }).map((words) => words.join('.'))
  const environment = fc.option(fc.array(word, { minLength: 1, maxLength: 2 }).map((words) => words.join('-')))
  fc.assert(
    fc.property(environment, uri, environment, uri, (a, first, b, second) => {
      const isSame = addressOf(a, { uri: first }) === addressOf(b, { uri: second })
      expect(isSame).toBe(a === b && first === second)
    }),
  )
  expect(addressOf('prod', shipment)).toBe('prod-shop.shipment')
})
