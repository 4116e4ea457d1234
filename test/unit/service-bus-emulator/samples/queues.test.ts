import { expect, test } from 'vitest'
import { bodiesOf, receiveOne } from '../support/received.ts'
import { sampleNamespace } from '../support/sample-namespace.ts'

// What the samples of @azure/service-bus do with queues, written anew.

const WAIT = { maxWaitTimeInMs: 1_000 }

test('messages and batches that are sent to a queue are received in order, and gone once completed', async () => {
  await using namespace = await sampleNamespace({ queues: { people: {} } })
  const { client } = namespace
  const people = namespace.nameOf('people')
  const sender = client.createSender(people)
  await sender.sendMessages({
    body: { name: 'Ada' },
    contentType: 'application/json',
    subject: 'person',
    messageId: '1',
  })
  const batch = await sender.createMessageBatch()
  for (const name of ['Grace', 'Edsger', 'Barbara']) expect(batch.tryAddMessage({ body: { name } })).toBe(true)
  await sender.sendMessages(batch)
  const receiver = client.createReceiver(people)
  const messages = await receiver.receiveMessages(4, WAIT)
  expect(messages.map(({ body }) => body.name)).toEqual(['Ada', 'Grace', 'Edsger', 'Barbara'])
  expect(messages[0]).toMatchObject({
    contentType: 'application/json',
    subject: 'person',
    messageId: '1',
    deliveryCount: 0,
  })
  expect(messages.map(({ sequenceNumber }) => Number(sequenceNumber))).toEqual([1, 2, 3, 4])
  for (const message of messages) await receiver.completeMessage(message)
  expect(await receiver.peekMessages(1)).toEqual([])
})

test('an abandoned message comes again, and a dead-lettered one is in the dead-letter queue with the reason', async () => {
  await using namespace = await sampleNamespace({ queues: { people: {} } })
  const { client } = namespace
  const people = namespace.nameOf('people')
  await client.createSender(people).sendMessages({ body: 'Ada' })
  const receiver = client.createReceiver(people)
  const [first] = await receiver.receiveMessages(1, WAIT)
  if (first === undefined) throw new Error('Nothing was received')
  await receiver.abandonMessage(first, { tried: 'once' })
  const [second] = await receiver.receiveMessages(1, WAIT)
  if (second === undefined) throw new Error('Nothing was received')
  expect(second).toMatchObject({ body: 'Ada', deliveryCount: 1, applicationProperties: { tried: 'once' } })
  await receiver.deadLetterMessage(second, {
    deadLetterReason: 'Unknown',
    deadLetterErrorDescription: 'No such person',
  })
  const [dead] = await client.createReceiver(people, { subQueueType: 'deadLetter' }).receiveMessages(1, WAIT)
  expect(dead).toMatchObject({ deadLetterReason: 'Unknown', deadLetterErrorDescription: 'No such person' })
})

test('messages of sessions are received session by session, and a session has a state', async () => {
  await using namespace = await sampleNamespace({ queues: { orders: { requiresSession: true } } })
  const { client } = namespace
  const orders = namespace.nameOf('orders')
  const sender = client.createSender(orders)
  for (const [sessionId, body] of [
    ['a', 1],
    ['b', 2],
    ['a', 3],
  ] as const) {
    await sender.sendMessages({ sessionId, body })
  }
  const first = await client.acceptNextSession(orders)
  expect(first.sessionId).toBe('a')
  const second = await client.acceptSession(orders, 'b')
  await expect(client.acceptSession(orders, 'b')).rejects.toMatchObject({ code: 'SessionCannotBeLocked' })
  const messages = await first.receiveMessages(2, WAIT)
  expect(messages.map(({ body }) => body)).toEqual([1, 3])
  await first.setSessionState({ last: 3 })
  for (const message of messages) await first.completeMessage(message)
  await first.close()
  const again = await client.acceptSession(orders, 'a')
  expect(await again.getSessionState()).toEqual({ last: 3 })
  expect((await second.receiveMessages(1, WAIT)).map(({ body }) => body)).toEqual([2])
})

test('messages are scheduled, cancelled, deferred and browsed', async () => {
  await using namespace = await sampleNamespace({ queues: { people: {} } })
  const people = namespace.nameOf('people')
  const sender = namespace.client.createSender(people)
  const receiver = namespace.client.createReceiver(people)
  const [cancelled] = await sender.scheduleMessages([{ body: 'cancelled' }], new Date(Date.now() + 3_600_000))
  await sender.cancelScheduledMessages(cancelled as never)
  await sender.scheduleMessages([{ body: 'soon' }], new Date(Date.now() + 500))
  await sender.sendMessages([{ body: 'recipe step 2' }, { body: 'recipe step 1' }])
  const step2 = await receiveOne(receiver)
  await receiver.deferMessage(step2)
  expect((await receiver.peekMessages(10)).map(({ body, state }) => [body, state])).toContainEqual([
    'recipe step 2',
    'deferred',
  ])
  await receiver.completeMessage(await receiveOne(receiver))
  const [deferred] = await receiver.receiveDeferredMessages(step2.sequenceNumber as never)
  expect(deferred?.body).toBe('recipe step 2')
  await receiver.completeMessage(deferred as never)
  const soon = await receiveOne(receiver)
  expect(soon.body).toBe('soon')
  await receiver.completeMessage(soon)
})

test('messages are received and deleted, and a subscriber completes what it has processed', async () => {
  await using namespace = await sampleNamespace({ queues: { people: {} } })
  const people = namespace.nameOf('people')
  const { client } = namespace
  const sender = client.createSender(people)
  await sender.sendMessages([{ body: 1 }, { body: 2 }])
  const deleting = client.createReceiver(people, { receiveMode: 'receiveAndDelete' })
  expect(await bodiesOf(deleting, 2)).toEqual([1, 2])
  await sender.sendMessages({ body: 3 })
  const processed = Promise.withResolvers<unknown>()
  const subscriber = client.createReceiver(people)
  const subscription = subscriber.subscribe({
    processMessage: async ({ body }) => processed.resolve(body),
    processError: async ({ error }) => processed.reject(error),
  })
  expect(await processed.promise).toBe(3)
  await expect.poll(() => subscriber.peekMessages(1), { timeout: 5_000 }).toEqual([])
  await subscription.close()
})
