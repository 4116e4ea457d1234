import { connect, type Socket } from 'node:net'
import fc from 'fast-check'
import rhea from 'rhea'
import { expect, test } from 'vitest'
import { parseMessage } from '../../../src/service-bus-emulator/messages/message.ts'
import { assertWellFormed, MalformedEncoding } from '../../../src/service-bus-emulator/messages/well-formed.ts'
import { namespaceOf } from './support/namespace.ts'
import { bodiesOf } from './support/received.ts'

const HEADER = Buffer.from('AMQP\x00\x01\x00\x00', 'latin1')

/** A frame of channel 0 around a performative. */
function frame(body: Buffer, size = body.length + 8): Buffer {
  const header = Buffer.from([0, 0, 0, 0, 2, 0, 0, 0])
  header.writeUInt32BE(size)
  return Buffer.concat([header, body])
}

const described = (code: number, ...value: readonly number[]) => Buffer.from([0, 0x53, code, ...value])

/** Opens a connection and a session, as far as the bytes go. */
const OPEN = Buffer.concat([
  HEADER,
  frame(described(0x10, 0xc0, 4, 1, 0xa1, 1, 0x61)),
  frame(described(0x11, 0xc0, 9, 4, 0x40, 0x43, 0x70, 0, 0, 8, 0, 0x43)),
])

/** Sends bytes, and waits until the emulator closes the connection, or for a moment. */
async function send(port: number, ...chunks: readonly Buffer[]): Promise<'closed' | 'open'> {
  const socket: Socket = connect({ host: '127.0.0.1', port })
  socket.on('error', () => {})
  for (const chunk of chunks) socket.write(chunk)
  socket.resume()
  const closed = new Promise<'closed'>((resolve) => socket.once('close', () => resolve('closed')))
  const open = new Promise<'open'>((resolve) => setTimeout(resolve, 300, 'open'))
  const result = await Promise.race([closed, open])
  socket.destroy()
  return result
}

test('a connection that is opened as the tests below do stays open', async () => {
  await using namespace = await namespaceOf({})
  expect(await send(namespace.emulator.port, OPEN)).toBe('open')
})

test('malformed AMQP ends its connection, and no other', async () => {
  await using namespace = await namespaceOf({ entities: { queues: { q: {} } } })
  const { client, emulator } = namespace
  const sender = client.createSender('q')
  await sender.sendMessages({ body: 1 })
  const bad: Readonly<Record<string, readonly Buffer[]>> = {
    'another protocol': [Buffer.from('GET / HTTP/1.1\r\nHost: localhost\r\n\r\n')],
    'a frame of 1 GB': [HEADER, frame(Buffer.alloc(8), 1 << 30)],
    'a frame shorter than its header': [HEADER, frame(Buffer.alloc(0), 4)],
    'a frame without a performative that is known': [HEADER, frame(described(0xff, 0x45))],
    'a list in place of a performative': [HEADER, frame(Buffer.from([0x45]))],
    'an array of four billion nulls': [HEADER, frame(described(0x10, 0xf0, 0, 0, 0, 5, 0xff, 0xff, 0xff, 0xff, 0x40))],
    'lists in lists': [HEADER, frame(Buffer.concat([described(0x10), Buffer.alloc(3_000, 0xc0)]))],
    'a begin before an open, on a channel that is none': [HEADER, frame(described(0x13, 0x45))],
    'a disposition of all deliveries': [
      OPEN,
      frame(described(0x15, 0xc0, 12, 3, 0x41, 0x43, 0x70, 0xff, 0xff, 0xff, 0xfe)),
    ],
    'a transfer on a link that is none': [OPEN, frame(described(0x14, 0xc0, 3, 1, 0x52, 9))],
  }
  for (const [name, chunks] of Object.entries(bad))
    expect([name, await send(emulator.port, ...chunks)]).toEqual([name, 'closed'])
  await sender.sendMessages({ body: 2 })
  expect(await bodiesOf(client.createReceiver('q'))).toEqual([1, 2])
})

test('random bytes behind a header, or in frames, never end the emulator', async () => {
  await using namespace = await namespaceOf({ entities: { queues: { q: {} } } })
  const { client, emulator } = namespace
  await fc.assert(
    fc.asyncProperty(fc.uint8Array({ maxLength: 200 }), fc.boolean(), async (bytes, isFramed) => {
      const body = Buffer.from(bytes)
      const socket = connect({ host: '127.0.0.1', port: emulator.port })
      socket.on('error', () => {})
      socket.end(Buffer.concat([OPEN, isFramed ? frame(body) : body]))
      await new Promise((resolve) => socket.once('close', resolve).resume())
    }),
    { numRuns: 100 },
  )
  await client.createSender('q').sendMessages({ body: 1 })
  expect(emulator.inspect('q').messages).toHaveLength(1)
})

test('more connections than allowed are closed, and the others work', async () => {
  await using namespace = await namespaceOf({ entities: { queues: { q: {} } }, limits: { connections: 5 } })
  const { client, emulator } = namespace
  await client.createSender('q').sendMessages({ body: 1 })
  const states = await Promise.all(Array.from({ length: 30 }, () => send(emulator.port, HEADER)))
  expect(states.filter((state) => state === 'open').length).toBeLessThanOrEqual(4)
  await client.createSender('q').sendMessages({ body: 2 })
  expect(emulator.inspect('q').messages).toHaveLength(2)
})

test('an emulator that is full refuses messages, and takes them again when there is room', async () => {
  await using namespace = await namespaceOf({ entities: { queues: { q: {} } }, limits: { messages: 2 } })
  const { client } = namespace
  const sender = client.createSender('q')
  await sender.sendMessages([{ body: 1 }, { body: 2 }])
  await expect(sender.sendMessages({ body: 3 })).rejects.toMatchObject({ code: 'QuotaExceeded' })
  await bodiesOf(client.createReceiver('q', { receiveMode: 'receiveAndDelete' }), 1)
  await sender.sendMessages({ body: 3 })
})

test('an encoding is well-formed exactly where rhea can read it, if it is short', () => {
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 1, maxLength: 24 }), (array) => {
      const bytes = Buffer.from(array)
      let end: number | undefined
      try {
        end = assertWellFormed(bytes, 0, true)
      } catch (error) {
        expect(error).toBeInstanceOf(MalformedEncoding)
        return
      }
      const reader = new (
        rhea.types as unknown as { Reader: new (bytes: Buffer) => { read(): unknown; position: number } }
      ).Reader(bytes)
      reader.read()
      expect(reader.position).toBe(end)
    }),
    { numRuns: 2_000 },
  )
})

test('a message that is cut anywhere is malformed or a shorter message, and never anything else', () => {
  const message = rhea.message.encode({
    message_id: 'm',
    subject: 's',
    application_properties: { a: [1, { b: 2 }] },
    body: 'x',
  } as never)
  for (let length = 0; length < message.length; length++) {
    try {
      parseMessage(message.subarray(0, length))
    } catch (error) {
      expect(error).toBeInstanceOf(MalformedEncoding)
    }
  }
  expect(parseMessage(message).applicationProperties.has('a')).toBe(true)
})
