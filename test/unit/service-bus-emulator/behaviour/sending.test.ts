import rhea from 'rhea'
import { expect, test } from 'vitest'
import { namespaceOf } from '../support/namespace.ts'
import { bodiesOf, receiveOne } from '../support/received.ts'

test('what an entity cannot take is refused as a whole, with the code of the service', async () => {
  await using namespace = await namespaceOf({
    entities: {
      queues: {
        ordered: { requiresSession: true },
        small: { maxMessageSizeInKilobytes: 1 },
        off: { status: 'Disabled' },
        full: { maxSizeInMegabytes: 1, maxMessageSizeInKilobytes: 1_024 },
      },
    },
  })
  const { client, emulator } = namespace
  const send = (queue: string, ...messages: object[]) => client.createSender(queue).sendMessages(messages as never)
  await expect(send('ordered', { body: 1, sessionId: 'a' }, { body: 2 })).rejects.toThrow('SessionId was not set')
  await expect(send('small', { body: 1 }, { body: 'x'.repeat(2_000) })).rejects.toMatchObject({
    code: 'MessageSizeExceeded',
  })
  await expect(client.createSender('small').sendMessages({ body: 'x'.repeat(2_000) })).rejects.toMatchObject({
    code: 'MessageSizeExceeded',
  })
  await expect(send('off', { body: 1 })).rejects.toMatchObject({ code: 'MessagingEntityDisabled' })
  await expect(send('nowhere', { body: 1 })).rejects.toMatchObject({ code: 'MessagingEntityNotFound' })
  for (const _ of [1, 2]) await client.createSender('full').sendMessages({ body: 'x'.repeat(500_000) })
  await expect(client.createSender('full').sendMessages({ body: 'x'.repeat(500_000) })).rejects.toMatchObject({
    code: 'QuotaExceeded',
  })
  expect(['ordered', 'small', 'off'].map((queue) => emulator.inspect(queue).messages.length)).toEqual([0, 0, 0])
})

test('a batch ends at the size of the link, and at 1 MB and 4,500 messages where the link allows more', async () => {
  await using namespace = await namespaceOf({
    entities: { queues: { standard: {}, premium: { maxMessageSizeInKilobytes: 102_400 } } },
  })
  const { client } = namespace
  expect((await client.createSender('standard').createMessageBatch()).maxSizeInBytes).toBe(256 * 1024)
  const premium = client.createSender('premium')
  const batch = await premium.createMessageBatch()
  expect(batch.maxSizeInBytes).toBe(100 * 1024 * 1024)
  for (let i = 0; i < 3; i++) batch.tryAddMessage({ body: 'x'.repeat(400_000) })
  await expect(premium.sendMessages(batch)).rejects.toMatchObject({ code: 'MessageSizeExceeded' })
  await premium.sendMessages({ body: 'x'.repeat(1_200_000) })
  const many = await premium.createMessageBatch()
  for (let i = 0; i < 4_501; i++) many.tryAddMessage({ body: '' })
  await expect(premium.sendMessages(many)).rejects.toThrow('exceeds the limit of 4500')
})

test('a message arrives with the types that it was sent with', async () => {
  await using namespace = await namespaceOf({ entities: { queues: { q: {} } } })
  const { types } = rhea as unknown as { types: Record<string, (value: unknown) => unknown> }
  const properties = {
    long: types.wrap_long?.(5),
    ubyte: types.wrap_ubyte?.(5),
    double: types.wrap_double?.(5),
    uuid: types.wrap_uuid?.(Buffer.alloc(16, 7)),
    moment: new Date(1_700_000_000_000),
    text: 'å',
  }
  await namespace.client
    .createSender('q')
    .sendMessages({ body: Buffer.from([0, 255]), applicationProperties: properties as never })
  const connection = rhea
    .create_container()
    .connect({ host: '127.0.0.1', port: namespace.emulator.port, reconnect: false })
  const raw = await new Promise<Buffer>((resolve) => {
    connection.open_receiver({ source: 'q', autoaccept: false })
    // rhea hands out what it has decoded; the bytes are what counts here.
    const input = Object.getPrototypeOf(connection).on_transfer
    Object.assign(connection, {
      on_transfer(frame: { payload: Buffer }) {
        resolve(frame.payload)
        return input.call(connection, frame)
      },
    })
  })
  connection.close()
  // After the names: 0x55 is a small long, 0x50 a byte, 0x82 a double, 0x98 a UUID, 0x83 a time.
  for (const [name, code] of [
    ['long', 0x55],
    ['ubyte', 0x50],
    ['double', 0x82],
    ['uuid', 0x98],
    ['moment', 0x83],
  ] as const) {
    expect([name, raw[raw.indexOf(name) + name.length]]).toEqual([name, code])
  }
})

test('forwarding passes messages on, up to four times, and dead-letters what cannot be', async () => {
  await using namespace = await namespaceOf({
    entities: {
      queues: {
        q1: { forwardTo: 'q2' },
        q2: { forwardTo: 'q3' },
        q3: { forwardTo: 'q4' },
        q4: { forwardTo: 'q5' },
        q5: { forwardTo: 'end' },
        end: {},
        off: { status: 'SendDisabled' },
        toOff: { forwardTo: 'off' },
        failing: { forwardDeadLetteredMessagesTo: 'end' },
      },
      topics: { t: { subscriptions: { s: { forwardTo: 'end' } } } },
    },
  })
  const { client, emulator } = namespace
  await client.createSender('q2').sendMessages({ body: 'four hops' })
  await client.createSender('q1').sendMessages({ body: 'five hops' })
  await client.createSender('t').sendMessages({ body: 'from a subscription' })
  await client.createSender('toOff').sendMessages({ body: 'refused' })
  await client.createSender('failing').sendMessages({ body: 'dead' })
  const failing = client.createReceiver('failing')
  await failing.deadLetterMessage(await receiveOne(failing), {
    deadLetterReason: 'bad',
    deadLetterErrorDescription: '',
  })
  const end = client.createReceiver('end')
  const messages = await end.receiveMessages(5, { maxWaitTimeInMs: 300 })
  expect(messages.map(({ body, deadLetterSource }) => [body, deadLetterSource])).toEqual([
    ['four hops', undefined],
    ['from a subscription', undefined],
    ['dead', 'failing'],
  ])
  const dead = async (queue: string) => {
    const message = await receiveOne(client.createReceiver(queue, { subQueueType: 'deadLetter' }))
    return [message.body, message.deadLetterReason]
  }
  expect(await dead('q5')).toEqual(['five hops', 'MaxTransferHopCountExceeded'])
  expect(await dead('toOff')).toEqual(['refused', 'com.microsoft:entity-disabled'])
  await expect(bodiesOf(client.createReceiver('q1'))).rejects.toThrow('it forwards its messages')
  expect(emulator.inspect('q1').messages).toEqual([])
})

test('an entity is received from as it was made: by session or not, and not while it is disabled', async () => {
  await using namespace = await namespaceOf({
    entities: { queues: { plain: {}, ordered: { requiresSession: true }, off: { status: 'ReceiveDisabled' } } },
  })
  const { client } = namespace
  await expect(bodiesOf(client.createReceiver('ordered'))).rejects.toThrow('non-sessionful message receiver')
  await expect(client.acceptSession('plain', 'a')).rejects.toMatchObject({ code: expect.anything() })
  await expect(bodiesOf(client.createReceiver('off'))).rejects.toMatchObject({ code: 'MessagingEntityDisabled' })
  await client.createSender('off').sendMessages({ body: 1 })
  await expect(bodiesOf(client.createReceiver('nowhere'))).rejects.toMatchObject({ code: 'MessagingEntityNotFound' })
})
