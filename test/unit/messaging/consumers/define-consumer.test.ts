import { describe, expect, test } from 'vitest'
import { InvalidDefinition } from '../../../../src/core/errors/input.ts'
import { defineConsumer } from '../../../../src/messaging/consumers/define-consumer.ts'
import { shipment } from '../contracts/shipment.ts'

const all = { orderPlaced() {}, packing() {}, labelled() {} }
const define = (definition: object) => defineConsumer(shipment, definition as never)

describe('a consumer', () => {
  test('is a reaction called by the uri and the group, with the code of the group', () => {
    const consumer = define({ group: 'transit', on: all })
    expect(consumer.name).toBe('shop.shipment-transit')
    expect(Object.keys(consumer.events.definitions)).toEqual(Object.keys(shipment.events.definitions))
    expect(consumer.group).toEqual({
      version: 1,
      operations: { orderPlaced: 'handled', packing: 'handled', labelled: 'handled' },
    })
    const passing = define({ group: 'report', unhandled: 'pass', on: { packing() {} }, version: 2 })
    expect(Object.keys(passing.events.definitions)).toEqual(['shop.shipment.packing'])
    expect(passing.group).toEqual({ version: 2, operations: { packing: 'handled' } })
    const parking = define({ group: 'report', unhandled: 'park', on: { packing() {} } })
    expect(parking.group?.operations).toEqual({ packing: 'handled', orderPlaced: 'parked', labelled: 'parked' })
  })

  test.each(['', 'Transit', 'a b', 'a.b', 'a-', 'a/b', 'a'.repeat(51), undefined])(
    'cannot have the group %j',
    (group) => {
      expect(() => define({ group, on: all })).toThrow(InvalidDefinition)
      expect(() => define({ group, on: all })).toThrow(/cannot be a group/)
    },
  )

  test.each([
    [{ on: { packing() {} } }, /has no handler for orderPlaced; add one, or say what happens/],
    [{ on: { ...all, packed() {} } }, /handles packed, which the contract does not have/],
    [{ on: { ...all, packing: 'x' } }, /handler of packing must be a function/],
    [{ on: {}, unhandled: 'pass' }, /handles no operation/],
    [{ unhandled: 'park' }, /handles no operation/],
    [{ on: all, unhandled: 'ignore' }, /unhandled must be 'pass' or 'park'/],
    [{ on: all, ack: 'never' }, /ack must be one of onSuccess, manual, onFinally/],
    [{ on: all, version: 0 }, /version must be a whole number from 1/],
    [{ on: all, attempts: 0 }, /attempts must be a whole number from 1/],
    [{ on: all, from: 'end' }, /from must be/],
  ])('is refused with %j', (definition, message) => {
    expect(() => define({ group: 'transit', ...definition })).toThrow(InvalidDefinition)
    expect(() => define({ group: 'transit', ...definition })).toThrow(message)
  })
})
