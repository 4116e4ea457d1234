import { once } from 'node:events'
import type { ServiceBusMessage } from '@azure/service-bus'
import fc from 'fast-check'
import rhea, { type Connection, type EventContext, type Message } from 'rhea'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { CloudEventAttributes } from '../../../src/cloud-events/cloud-event.ts'
import { fromServiceBusMessage, toServiceBusMessage } from '../../../src/connectors/service-bus/amqp-cloud-event.ts'
import type { BusMessage } from '../../../src/messaging/bus/bus.ts'
import { findRabbit, startRabbit, type TestRabbit } from '../../support/servers/rabbitmq.ts'

const program = findRabbit()
// A busy machine takes most of a minute to start it.
const START = 180_000

/** The AMQP message that the client of Service Bus makes of one. */
const toAmqp = ({
  body,
  messageId,
  sessionId,
  subject,
  contentType,
  applicationProperties,
}: ServiceBusMessage): Message =>
  ({
    body: rhea.message.data_section(body),
    message_id: messageId,
    group_id: sessionId,
    subject,
    content_type: contentType,
    application_properties: applicationProperties,
    durable: true,
  }) as Message

/** What the client of Service Bus makes of an AMQP message, as far as an event is read from it. */
const fromAmqp = ({ body, content_type, application_properties }: Message) =>
  fromServiceBusMessage({
    body: body.content,
    ...(content_type !== undefined && { contentType: content_type }),
    ...(application_properties && { applicationProperties: application_properties }),
  })

const text = fc
  .string({ unit: 'grapheme', minLength: 1, maxLength: 30 })
  .map((one) => one.replaceAll(/[\p{Cc}\p{Noncharacter_Code_Point}]/gu, 'x'))

const messages: fc.Arbitrary<BusMessage> = fc
  .record({
    key: fc.oneof(text, fc.constant('k'.repeat(200))),
    id: fc.uuid(),
    subject: text,
    type: text,
    // What CloudEvents calls an integer.
    count: fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 }),
    flag: fc.boolean(),
    data: fc.uint8Array({ maxLength: 2_000 }),
    contentType: fc.option(fc.constantFrom('application/json', 'application/octet-stream'), { nil: undefined }),
  })
  .map(({ key, id, subject, type, count, flag, data, contentType }) => {
    const attributes: CloudEventAttributes = {
      specversion: '1.0',
      id,
      source: '/prod/shop',
      subject,
      type,
      time: '2026-01-02T03:04:05.678Z',
      sequence: '0000000000000012',
      traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01',
      count,
      flag,
      ...(contentType !== undefined && { datacontenttype: contentType }),
    }
    return { event: { attributes, data }, key, idempotencyKey: id }
  })

describe.skipIf(program === undefined)(
  'AMQP 1.0 of RabbitMQ, as a server that Service Bus has nothing to do with',
  () => {
    let rabbit: TestRabbit
    let connection: Connection
    beforeAll(async () => {
      rabbit = await startRabbit(program ?? '')
      connection = rhea
        .create_container()
        .connect({ host: '127.0.0.1', port: rabbit.port, username: 'guest', password: 'guest' })
      await once(connection, 'connection_open')
    }, START)
    afterAll(async () => {
      connection?.close()
      await rabbit?.[Symbol.asyncDispose]()
    }, START)

    /** Sends messages to a queue of their own, each accepted by the server, and receives them. */
    async function sendAndReceive(queue: string, sent: readonly Message[]): Promise<readonly Message[]> {
      const sender = connection.open_sender(`/queue/${queue}`)
      let accepted = 0
      const done = Promise.withResolvers<void>()
      sender.on('accepted', () => {
        if (++accepted === sent.length) done.resolve()
      })
      sender.on('rejected', () => done.reject(new Error('The server rejected a message')))
      let next = 0
      const send = () => {
        while (next < sent.length && sender.sendable()) sender.send(sent[next++] as Message)
      }
      sender.on('sendable', send)
      send()
      await done.promise
      const received: Message[] = []
      const all = Promise.withResolvers<void>()
      const receiver = connection.open_receiver({ source: { address: `/queue/${queue}` }, credit_window: 50 })
      receiver.on('message', ({ message }: EventContext) => {
        received.push(message as Message)
        if (received.length === sent.length) all.resolve()
      })
      await all.promise
      receiver.close()
      sender.close()
      return received
    }

    it('has the events of messages arrive as they were, with the types of their attributes, in order', async () => {
      const sent = fc.sample(messages, { numRuns: 120, seed: 13 })
      const received = await sendAndReceive(
        'events',
        sent.map((message) => toAmqp(toServiceBusMessage(message))),
      )
      const events = received.map((message) => {
        const parsed = fromAmqp(message)
        if ('fault' in parsed) throw new Error(parsed.fault)
        return { attributes: parsed.event.attributes, data: Buffer.from(parsed.event.data).toString('hex') }
      })
      expect(events).toEqual(
        sent.map(({ event: { attributes, data } }) => ({ attributes, data: Buffer.from(data).toString('hex') })),
      )
      expect(received.map(({ message_id, group_id, subject }) => [message_id, group_id, subject])).toEqual(
        sent.map((message) => {
          const { messageId, sessionId, subject } = toServiceBusMessage(message)
          return [messageId, sessionId, subject]
        }),
      )
    }, 20_000)

    it('has an event arrive that another sender wrote in structured mode, or with the other prefix', async () => {
      const structured = { specversion: '1.0', id: '1', source: '/other', type: 'Noted', data: { n: 0 } }
      const binary = {
        'cloudEvents:specversion': '1.0',
        'cloudEvents:id': '2',
        'cloudEvents:source': '/other',
        'cloudEvents:type': 'Noted',
      }
      const received = await sendAndReceive('foreign', [
        {
          body: rhea.message.data_section(Buffer.from(JSON.stringify(structured))),
          content_type: 'application/cloudevents+json; charset=utf-8',
        },
        { body: rhea.message.data_section(Buffer.from('{}')), application_properties: binary },
        { body: rhea.message.data_section(Buffer.from('{}')), application_properties: { kind: 'no event' } },
      ])
      expect(received.map(fromAmqp)).toMatchObject([
        { event: { attributes: { id: '1', datacontenttype: 'application/json' }, data: Buffer.from('{"n":0}') } },
        { event: { attributes: { id: '2', source: '/other' } } },
        { fault: 'specversion is missing' },
      ])
    }, 20_000)
  },
)
