import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { InvalidEventData } from '../../../../src/core/errors/input.ts'
import { eventStore } from '../../../../src/core/events/event-store.ts'
import type { StoragePort } from '../../../../src/core/port/storage.ts'
import { defineContract } from '../../../../src/messaging/contracts/define-contract.ts'
import { producer } from '../../../../src/messaging/contracts/producer.ts'
import { openVault } from '../../../../src/privacy/open-vault.ts'
import { withVault } from '../../../../src/privacy/with-vault.ts'
import { manualClock } from '../../../../src/testing/manual-clock.ts'
import { openMemory } from '../../../../src/testing/memory/index.ts'
import { storages } from '../../aggregates/storages.ts'
import { testMaster } from '../../privacy/support/vaults.ts'
import { order, shipment } from './shipment.ts'

describe.each(storages)('a producer over %s', (_, openStorage) => {
  test('appends a call as an event of its stream, with the output of the schemas', async () => {
    await using storage = await openStorage()
    const send = producer(storage, shipment)
    const first = await send.orderPlaced(order('1'))
    const second = await send.packing({ orderId: '1', email: 'a' }, { metadata: { correlationId: 'c' } })
    expect(first).toMatchObject({ streamId: 'order:1', version: 1, duplicate: false })
    expect(second).toMatchObject({ streamId: 'order:1', version: 2, duplicate: false })
    const { events } = await eventStore(storage, shipment.events).load('order:1')
    expect(events).toMatchObject([
      { type: 'shop.shipment.orderPlaced', data: order('1') },
      {
        type: 'shop.shipment.packing',
        data: { orderId: '1', email: 'a', parcels: 1 },
        metadata: { correlationId: 'c' },
      },
    ])
    expect(Object.keys(events[0]?.data ?? {})).toEqual(['orderId', 'user', 'time'])
  })

  test('appends a call with an id once, and answers a repeat with the first result, also one that differs', async () => {
    await using storage = await openStorage()
    const send = producer(storage, shipment)
    const first = await send.packing({ orderId: '1', email: 'a' }, { id: 'call-1' })
    await send.orderPlaced(order('1'))
    for (const email of ['a', 'b']) {
      expect(await send.packing({ orderId: '1', email }, { id: 'call-1' })).toEqual({ ...first, duplicate: true })
    }
    const { events } = await eventStore(storage, shipment.events).load('order:1')
    expect(events.map(({ data }) => ('email' in data ? data.email : 'order'))).toEqual(['a', 'order'])
    expect(events[0]?.metadata.commandId).toBe('call-1')
  })

  test('takes one id for calls of several operations, and of several streams', async () => {
    await using storage = await openStorage()
    const send = producer(storage, shipment)
    const sent = [
      await send.orderPlaced(order('1'), { id: 'key' }),
      await send.packing({ orderId: '1', email: 'a' }, { id: 'key' }),
      await send.packing({ orderId: '2', email: 'a' }, { id: 'key' }),
    ]
    expect(sent.map(({ duplicate }) => duplicate)).toEqual([false, false, false])
    // On a bus, an event is known by its id alone.
    const streams = await Promise.all(['order:1', 'order:2'].map((stream) => storage.events.load(stream)))
    const ids = streams.flatMap(({ events }) => events.map(({ metadata }) => metadata.eventId))
    expect(new Set(ids).size).toBe(3)
  })

  test('appends one of many repeats at once, which differ', async () => {
    await using storage = await openStorage()
    const send = producer(storage, shipment)
    const emails = ['a', 'b', 'c', 'd', 'e', 'f']
    const sent = await Promise.all(emails.map((email) => send.packing({ orderId: '1', email }, { id: 'key' })))
    expect(sent.filter(({ duplicate }) => !duplicate)).toHaveLength(1)
    expect(new Set(sent.map(({ version }) => version))).toEqual(new Set([1]))
    expect((await storage.events.load('order:1')).version).toBe(1)
  })
})

const producerOf = (storage: StoragePort) => producer(storage, shipment)

describe('a producer refuses', () => {
  const failure = async (call: (send: ReturnType<typeof producerOf>) => Promise<unknown>) => {
    await using storage = openMemory()
    const error = await call(producerOf(storage)).then(
      () => undefined,
      (error: unknown) => error,
    )
    expect((await storage.events.load('order:1')).version).toBe(0)
    return error as InvalidEventData
  }

  test('parameters that their schemas refuse, all at once and by their paths', async () => {
    const parameters = { ...order('1'), user: { name: 7 }, time: 'now', colour: 'red' }
    const error = await failure((send) => send.orderPlaced(parameters as never))
    expect(error).toBeInstanceOf(InvalidEventData)
    expect(error.issues.map(({ path }) => path)).toEqual(['colour', 'user.name', 'user.email', 'time'])
    expect(error.message).toMatch(/^Invalid data for shop\.shipment\.orderPlaced: colour: no such parameter; /)
  })

  test.each([[undefined], [null], ['1'], [[1]]])('%j as parameters', async (parameters) => {
    const error = await failure((send) => send.packing(parameters as never))
    expect(error.message).toBe('Invalid data for shop.shipment.packing: data: the parameters must be one object')
  })

  test('to quote a personal parameter', async () => {
    const error = await failure((send) =>
      send.labelled({ orderId: '1', customer: 'c', address: { street: 'Secret 1' } } as never),
    )
    expect(error.issues).toEqual([{ path: 'address', message: expect.stringMatching(/withheld/) }])
  })

  test('an empty id, reserved metadata, and a call that was aborted', async () => {
    const parameters = { orderId: '1', email: 'a' } as never
    expect(await failure((send) => send.packing(parameters, { id: '' }))).toMatchObject({ code: 'InvalidOption' })
    expect(await failure((send) => send.packing(parameters, { metadata: { eventId: 'x' } }))).toMatchObject({
      code: 'InvalidEvent',
    })
    const reason = new Error('enough')
    expect(await failure((send) => send.packing(parameters, { signal: AbortSignal.abort(reason) }))).toBe(reason)
  })

  test('an asynchronous schema is awaited, and its failure is reported by its path', async () => {
    await using storage = openMemory()
    const short = z.string().refine(async (text) => text.length < 3, 'too long')
    const contract = defineContract('a', { ops: { b: { id: z.string(), text: short } }, stream: ({ id }) => `b:${id}` })
    const send = producer(storage, contract)
    expect(await send.b({ id: '1', text: 'ab' })).toMatchObject({ version: 1 })
    await expect(send.b({ id: '1', text: 'abc' })).rejects.toThrow('Invalid data for a.b: text: too long')
  })
})

describe('a personal parameter', () => {
  test('is sealed for its person, gone once the person is forgotten, and needs a vault', async () => {
    const clock = manualClock()
    await using bare = openMemory({ clock })
    const parameters = { orderId: '1', customer: 'c-1', address: 'Secret 1' }
    await expect(producer(bare, shipment).labelled(parameters)).rejects.toMatchObject({ code: 'VaultRequired' })
    const vault = await openVault({ keys: bare, master: testMaster(), clock, keyCache: { ttl: 1000 } })
    const storage = withVault(bare, vault)
    const send = producer(storage, shipment)
    const first = await send.labelled(parameters, { id: 'key' })
    const [stored] = (await bare.events.load('order:1')).events
    expect(JSON.stringify(stored)).not.toContain('Secret')
    expect((await eventStore(storage, shipment.events).load('order:1')).events[0]?.data).toEqual(parameters)
    await vault.forget('c-1')
    expect((await eventStore(storage, shipment.events).load('order:1')).events[0]?.data).toMatchObject({
      address: '(forgotten)',
    })
    // A repeat of what was sent before.
    expect(await send.labelled(parameters, { id: 'key' })).toEqual({ ...first, duplicate: true })
    await expect(send.labelled(parameters, { id: 'other' })).rejects.toMatchObject({ code: 'PersonForgotten' })
  })
})

test('events of an earlier version of an operation are read in the newest shape', async () => {
  await using storage = openMemory()
  const stream = ({ id }: { id: string }) => `b:${id}`
  const before = defineContract('a', { ops: { moved: { id: z.string(), to: z.string() } }, stream })
  const after = defineContract('a', {
    ops: {
      moved: {
        params: { id: z.string(), place: z.object({ name: z.string() }) },
        version: 2,
        upcast: { 1: ({ id, to }) => ({ id, place: { name: to } }) },
      },
    },
    stream,
  })
  await producer(storage, before).moved({ id: '1', to: 'Delft' })
  await producer(storage, after).moved({ id: '1', place: { name: 'Leiden' } })
  const { events } = await eventStore(storage, after.events).load('b:1')
  expect(events.map(({ data }) => data.place.name)).toEqual(['Delft', 'Leiden'])
})
