import { type JetStreamManager, jetstreamManager } from '@nats-io/jetstream'
import type { NatsConnection } from '@nats-io/transport-node'
import fc from 'fast-check'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { natsBus } from '../../../../src/connectors/nats/index.ts'
import { eventIn } from '../../../../src/connectors/nats/nats-cloud-event.ts'
import { keyIn, subjectOf } from '../../../../src/connectors/nats/subjects.ts'
import { findNats, reconnected, startNats, type TestNats } from '../../../support/servers/nats.ts'
import { addStream, message } from './support.ts'

const program = findNats()

describe.skipIf(program === undefined)('NATS JetStream as a bus', { timeout: 60_000 }, () => {
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
  beforeEach(() => addStream(manager))
  afterEach(() => manager.streams.delete('TEST'))

  /** What the stream has stored, in order. */
  async function stored() {
    const { state } = await manager.streams.info('TEST')
    const all = []
    for (let seq = 1; seq <= state.last_seq; seq++) {
      const found = await manager.streams.getMessage('TEST', { seq })
      if (found) all.push({ subject: found.subject, headers: found.header, data: found.data })
    }
    return all
  }

  it('publishes messages under a subject for each key, in order', async () => {
    const bus = natsBus(connection)
    const messages = [message('order:1', 1), message('order:2', 1), message('order:1', 2), message('order:1', 3)]
    expect(await bus.publish('shop.test', messages)).toEqual([])
    const found = await stored()
    const ids = found.map(({ headers }) => headers.get('ce-id'))
    expect(ids.filter((id) => id.startsWith('order%3A') || id.startsWith('order:1'))).toEqual([
      'order:1-1',
      'order:1-2',
      'order:1-3',
    ])
    expect(ids).toHaveLength(4)
    expect([...new Set(found.map(({ subject }) => subject))].sort()).toEqual([
      'shop.test.order%3A1',
      'shop.test.order%3A2',
    ])
  })

  it('has an event arrive as it was, in binary mode of CloudEvents', async () => {
    const text = fc
      .string({ unit: 'grapheme', minLength: 1, maxLength: 12 })
      .map((one) => one.replaceAll(/\p{Cc}/gu, 'x'))
    const samples = fc.sample(
      fc.record({ key: text, subject: text, type: text, data: fc.uint8Array({ maxLength: 40 }) }),
      { numRuns: 60, seed: 5 },
    )
    const messages = samples.map(({ key, subject, type, data }, n) => {
      const { event, ...rest } = message(key, n)
      return {
        ...rest,
        event: { data, attributes: { ...event.attributes, subject, type, extension: n, ok: 'a "b" 100%' } },
      }
    })
    expect(await natsBus(connection).publish('shop.test', messages)).toEqual([])
    const found = await stored()
    const arrived = found.map(({ headers, data }) => {
      const parsed = eventIn({ headers, data })
      if ('fault' in parsed) throw new Error(parsed.fault)
      return parsed.event
    })
    const byId = new Map(arrived.map((event) => [event.attributes.id, event]))
    for (const { event } of messages) {
      const it = byId.get(event.attributes.id)
      // Headers are text, so a number arrives as its canonical text.
      expect(it?.attributes).toEqual({ ...event.attributes, extension: String(event.attributes.extension) })
      expect(Buffer.from(it?.data ?? []).equals(Buffer.from(event.data))).toBe(true)
    }
    expect(found.map(({ subject }) => keyIn(subject)).sort()).toEqual(messages.map(({ key }) => key).sort())
  })

  it('drops a repeat, also beside new messages', async () => {
    const bus = natsBus(connection)
    await bus.publish('shop.test', [message('a', 1)])
    expect(await bus.publish('shop.test', [message('a', 1), message('a', 2)])).toEqual([])
    expect((await stored()).map(({ headers }) => headers.get('ce-id'))).toEqual(['a-1', 'a-2'])
  })

  it('fails what is too large and what follows it in its key, and nothing else', async () => {
    await manager.streams.update('TEST', { max_msg_size: 2_000 })
    const bus = natsBus(connection)
    const large = message('a', 2, 'x'.repeat(3_000))
    const failures = await bus.publish('shop.test', [message('a', 1), large, message('b', 1), message('a', 3)])
    expect(failures.map(({ index }) => index)).toEqual([1, 3])
    for (const { error } of failures) expect(error).toMatchObject({ code: 'MessageTooLarge', address: 'shop.test' })
    expect((await stored()).map(({ headers }) => headers.get('ce-id')).sort()).toEqual(['a-1', 'b-1'])
  })

  it('fails what is larger than the server accepts', async () => {
    const [failure] = await natsBus(connection).publish('shop.test', [message('a', 1, 'x'.repeat(1_100_000))])
    expect(failure?.error).toMatchObject({ code: 'MessageTooLarge', limit: 1_048_576 })
  })

  it('says that no stream stores the messages, which is no fault of theirs', async () => {
    const failures = await natsBus(connection).publish('shop.other', [message('a', 1), message('a', 2)])
    expect(failures.map(({ index, error }) => [index, (error as { code?: unknown }).code])).toEqual([
      [0, 'DestinationUnavailable'],
      [1, 'DestinationUnavailable'],
    ])
    expect(String(failures[0]?.error)).toContain('no stream of JetStream')
  })

  it('says that a full stream is no fault of the message', async () => {
    await manager.streams.update('TEST', { max_msgs: 1, discard: 'new' as never })
    const failures = await natsBus(connection).publish('shop.test', [message('a', 1), message('a', 2)])
    expect(failures).toMatchObject([{ index: 1, error: { code: 'DestinationUnavailable' } }])
  })

  it('says that the server is away, and publishes each message once when it is back', async () => {
    const bus = natsBus(connection, { timeLimit: 200 })
    await bus.publish('shop.test', [message('a', 1)])
    await nats.stop()
    for (let attempt = 0; attempt < 2; attempt++) {
      const failures = await bus.publish('shop.test', [message('a', 2), message('a', 3), message('b', 1)])
      expect(failures.map(({ index, error }) => [index, (error as { code?: unknown }).code])).toEqual(
        [0, 1, 2].map((index) => [index, 'DestinationUnavailable']),
      )
    }
    await nats.start()
    let failures = await bus.publish('shop.test', [message('a', 2), message('a', 3), message('b', 1)])
    for (let attempt = 0; attempt < 50 && failures.length > 0; attempt++)
      failures = await bus.publish('shop.test', [message('a', 2), message('a', 3), message('b', 1)])
    expect(failures).toEqual([])
    const ids = (await stored()).map(({ headers }) => headers.get('ce-id'))
    expect(ids.filter((id) => id.startsWith('a'))).toEqual(['a-1', 'a-2', 'a-3'])
    expect(ids).toHaveLength(4)
  })

  it('stops waiting when its signal is aborted', async () => {
    const bus = natsBus(connection)
    const stop = new AbortController()
    await nats.stop()
    try {
      const publishing = bus.publish('shop.test', [message('a', 1)], stop.signal)
      stop.abort(new Error('enough'))
      await expect(publishing).rejects.toThrow('enough')
    } finally {
      await nats.start()
      await reconnected(connection)
    }
  })

  it.each(['', 'shop.*', 'shop.>', 'shop..test', 'shop test', '.shop'])('refuses the address "%s"', async (address) => {
    await expect(natsBus(connection).publish(address, [])).rejects.toMatchObject({ code: 'InvalidOption' })
  })

  it('gives each key one token of its own', () => {
    fc.assert(
      fc.property(fc.string({ minLength: 1 }), fc.string({ minLength: 1 }), (a, b) => {
        const subject = subjectOf('shop.test', a)
        expect(subject.split('.')).toHaveLength(3)
        expect(subject).toMatch(/^[\x21-\x7e]+$/)
        expect(subject).not.toMatch(/[*>]/)
        expect(keyIn(subject)).toBe(a)
        expect(subject === subjectOf('shop.test', b)).toBe(a === b)
      }),
    )
  })
})
