import { AckPolicy, type ConsumerConfig, type JetStreamManager, jetstreamManager } from '@nats-io/jetstream'
import { headers, type NatsConnection } from '@nats-io/transport-node'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { natsBus, natsSubscription } from '../../../../src/connectors/nats/index.ts'
import type { BusSubscription } from '../../../../src/messaging/bus/subscription.ts'
import { manualClock } from '../../../../src/testing/manual-clock.ts'
import { findNats, startNats, type TestNats } from '../../../support/servers/nats.ts'
import { addStream, message } from './support.ts'

const program = findNats()
const never = new AbortController().signal

describe.skipIf(program === undefined)('a durable consumer of NATS', { timeout: 60_000 }, () => {
  let nats: TestNats
  let connection: NatsConnection
  let manager: JetStreamManager
  beforeAll(async () => {
    nats = await startNats(program ?? '')
    connection = await nats.connect()
    manager = await jetstreamManager(connection)
  }, 30_000)
  afterAll(async () => {
    await connection?.close()
    await nats?.[Symbol.asyncDispose]()
  })
  beforeEach(async () => {
    await addStream(manager)
    await manager.streams.add({ name: 'DEAD', subjects: ['dead.test'] })
  })
  afterEach(async () => {
    await manager.streams.delete('TEST')
    await manager.streams.delete('DEAD')
  })

  const addConsumer = (more: Partial<ConsumerConfig> = {}) =>
    manager.consumers.add('TEST', {
      durable_name: 'reader',
      ack_policy: AckPolicy.Explicit,
      max_ack_pending: 1,
      ...more,
    })
  const names = { stream: 'TEST', consumer: 'reader', deadLetters: 'dead.test' }
  const open = (): BusSubscription => natsSubscription(connection, names)
  const idOf = (
    received: { readonly event?: { readonly attributes: { readonly id: string } } | undefined } | undefined,
  ) => received?.event?.attributes.id

  it('delivers messages in order, one at a time over all receivers, and each until it is completed', async () => {
    await addConsumer()
    await natsBus(connection).publish('shop.test', [message('a', 1), message('a', 2), message('a', 3)])
    const [one, other] = [open(), open()]
    await one.verify(never)
    const session = await one.accept(never)
    const [received] = (await session?.receive(32, 1_000, never)) ?? []
    expect(received).toMatchObject({ key: 'a', deliveries: 1, event: { attributes: { id: 'a-1', subject: 'a' } } })
    // Nobody gets the second one while the first is not settled.
    const stop = new AbortController()
    const waiting = other.accept(stop.signal)
    await connection.flush()
    expect(await session?.receive(32, 1_000, never)).toEqual([])
    stop.abort()
    expect(await waiting).toBeUndefined()
    if (received) await session?.complete(received)
    const [second] = (await session?.receive(32, 1_000, never)) ?? []
    expect(idOf(second)).toBe('a-2')
    // What was not settled comes again, before what follows it.
    await session?.close()
    const again = await other.accept(never)
    const [repeated] = (await again?.receive(32, 1_000, never)) ?? []
    expect([idOf(repeated), repeated?.deliveries]).toEqual(['a-2', 2])
    if (repeated) await again?.complete(repeated)
    const [third] = (await again?.receive(32, 1_000, never)) ?? []
    expect(idOf(third)).toBe('a-3')
    if (third) await again?.complete(third)
    expect((await manager.consumers.info('TEST', 'reader')).num_ack_pending).toBe(0)
  })

  it('moves to the dead letters what is no event, with the reason', async () => {
    await addConsumer()
    const about = headers()
    about.set('ce-id', 'x')
    await manager.jetstream().publish('shop.test.a', Buffer.from('no event'), { headers: about })
    const session = await open().accept(never)
    const [received] = (await session?.receive(1, 1_000, never)) ?? []
    expect(received).toMatchObject({ event: undefined, fault: 'specversion is missing' })
    if (received) await session?.deadLetter(received, 'NotACloudEvent', 'specversion is missing')
    const dead = await manager.streams.getMessage('DEAD', { seq: 1 })
    expect(dead?.string()).toBe('no event')
    expect(dead?.header.get('ce-id')).toBe('x')
    expect(dead?.header.get('Dead-Letter-Reason')).toBe('NotACloudEvent')
    expect(dead?.header.get('Dead-Letter-Subject')).toBe('shop.test.a')
    expect(await session?.receive(1, 1_000, never)).toEqual([])
  })

  it('takes a structured event, too', async () => {
    await addConsumer()
    const about = headers()
    about.set('Content-Type', 'application/cloudevents+json; charset=utf-8')
    const event = { specversion: '1.0', id: '1', source: '/a', type: 't', data: { n: 0 } }
    await manager.jetstream().publish('shop.test.a', JSON.stringify(event), { headers: about })
    const session = await open().accept(never)
    const [received] = (await session?.receive(1, 1_000, never)) ?? []
    expect(idOf(received)).toBe('1')
    expect(Buffer.from(received?.event?.data ?? []).toString()).toBe('{"n":0}')
    await session?.close()
  })

  it('does not settle what another receiver may have by now', async () => {
    await addConsumer({ ack_wait: 60_000_000_000 })
    await natsBus(connection).publish('shop.test', [message('a', 1)])
    const clock = manualClock()
    const session = await natsSubscription(connection, { ...names, clock }).accept(never)
    const [received] = (await session?.receive(1, 1_000, never)) ?? []
    clock.advance(60_000)
    if (received) await expect(session?.complete(received)).rejects.toMatchObject({ code: 'BusLockLost' })
    expect((await manager.consumers.info('TEST', 'reader')).num_ack_pending).toBe(1)
  })

  it.each([
    ['does not exist', undefined],
    ['ack_policy', { ack_policy: AckPolicy.All }],
    ['max_ack_pending', { max_ack_pending: 100 }],
    ['max_deliver', { max_deliver: 3 }],
    ['pull consumer', { deliver_subject: 'here' }],
  ])('is refused before anything is read: %s', async (fault, config) => {
    if (config) await addConsumer(config)
    await expect(open().verify(never)).rejects.toMatchObject({ code: 'BusEntityUnsuitable', entity: 'TEST/reader' })
    await expect(open().verify(never)).rejects.toThrow(fault)
  })

  it('is refused if nothing stores dead letters, or the same stream does', async () => {
    await addConsumer()
    const elsewhere = natsSubscription(connection, { ...names, deadLetters: 'nowhere.test' })
    await expect(elsewhere.verify(never)).rejects.toThrow('no stream stores dead letters')
    const same = natsSubscription(connection, { ...names, deadLetters: 'shop.test.dead' })
    await expect(same.verify(never)).rejects.toThrow('another stream')
  })

  it('says that the server is away, and goes on when it is back', async () => {
    await addConsumer({ ack_wait: 1_000_000_000 })
    await natsBus(connection).publish('shop.test', [message('a', 1), message('a', 2)])
    const subscription = natsSubscription(connection, { ...names, timeLimit: 500 })
    const session = await subscription.accept(never)
    const [received] = (await session?.receive(1, 1_000, never)) ?? []
    await nats.stop()
    if (received) await expect(session?.complete(received)).rejects.toMatchObject({ code: 'DestinationUnavailable' })
    await expect(subscription.accept(never)).rejects.toMatchObject({ code: 'DestinationUnavailable' })
    await nats.start()
    const ids: (string | undefined)[] = []
    while (ids.at(-1) !== 'a-2') {
      const again = await subscription.accept(never).catch(() => undefined)
      const [message] = (await again?.receive(1, 1_000, never)) ?? []
      if (!message) continue
      ids.push(idOf(message))
      await again?.complete(message)
    }
    expect(ids.slice(-1)).toEqual(['a-2'])
  })
})
