import { setTimeout } from 'node:timers/promises'
import { ServiceBusAdministrationClient } from '@azure/service-bus'
import { expect, test } from 'vitest'
import { plainHttpPolicy } from '../../../src/service-bus-emulator/index.ts'
import { namespaceOf } from './support/namespace.ts'

async function administered(entities = {}) {
  const namespace = await namespaceOf({ entities })
  const client = new ServiceBusAdministrationClient(namespace.emulator.administrationConnectionString, {
    retryOptions: { maxRetries: 0 },
  })
  client.pipeline.addPolicy(plainHttpPolicy)
  return { ...namespace, admin: client }
}

test('the administration client creates, reads, changes, lists and removes queues', async () => {
  await using namespace = await administered()
  const { admin, client } = namespace
  expect(await admin.queueExists('orders')).toBe(false)
  await expect(admin.getQueue('orders')).rejects.toMatchObject({ code: 'MessageEntityNotFoundError' })
  await admin.createQueue('dead')
  const created = await admin.createQueue('orders', {
    requiresSession: true,
    requiresDuplicateDetection: true,
    duplicateDetectionHistoryTimeWindow: 'PT1H',
    lockDuration: 'PT45S',
    maxDeliveryCount: 3,
    forwardDeadLetteredMessagesTo: 'dead',
    defaultMessageTimeToLive: 'P14D',
  })
  expect(created).toMatchObject({ name: 'orders', requiresSession: true, lockDuration: 'PT45S', maxDeliveryCount: 3 })
  const read = await admin.getQueue('orders')
  expect(read).toMatchObject({
    requiresDuplicateDetection: true,
    duplicateDetectionHistoryTimeWindow: 'PT1H',
    defaultMessageTimeToLive: 'P14D',
    forwardDeadLetteredMessagesTo: 'dead',
    status: 'Active',
    maxMessageSizeInKilobytes: 256,
  })
  await expect(admin.createQueue('ORDERS')).rejects.toMatchObject({ code: 'MessageEntityAlreadyExistsError' })
  await expect(admin.updateQueue({ ...read, requiresSession: false })).rejects.toThrow('cannot be changed')
  await admin.updateQueue({ ...read, maxDeliveryCount: 20, status: 'SendDisabled' })
  await expect(client.createSender('orders').sendMessages({ body: 1, sessionId: 's' })).rejects.toMatchObject({
    code: 'MessagingEntityDisabled',
  })
  expect((await Array.fromAsync(admin.listQueues())).map(({ name }) => name)).toEqual(['dead', 'orders'])
  await admin.deleteQueue('orders')
  expect(await admin.queueExists('orders')).toBe(false)
  await expect(admin.deleteQueue('orders')).rejects.toMatchObject({ code: 'MessageEntityNotFoundError' })
})

test('the administration client creates topics and subscriptions, and counts messages', async () => {
  await using namespace = await administered()
  const { admin, client } = namespace
  await admin.createTopic('news', { requiresDuplicateDetection: true })
  await admin.createSubscription('news', 'mail', {
    requiresSession: true,
    deadLetteringOnFilterEvaluationExceptions: false,
  })
  expect(await admin.getSubscription('news', 'mail')).toMatchObject({
    topicName: 'news',
    subscriptionName: 'mail',
    requiresSession: true,
    deadLetteringOnMessageExpiration: false,
  })
  const sender = client.createSender('news')
  await sender.sendMessages({ body: 1, sessionId: 'a' })
  await sender.sendMessages({ body: 2 })
  await sender.scheduleMessages({ body: 3 }, new Date(Date.now() + 60_000))
  expect(await admin.getSubscriptionRuntimeProperties('news', 'mail')).toMatchObject({
    activeMessageCount: 1,
    deadLetterMessageCount: 1,
  })
  expect(await admin.getTopicRuntimeProperties('news')).toMatchObject({
    scheduledMessageCount: 1,
    subscriptionCount: 1,
  })
  expect((await Array.fromAsync(admin.listSubscriptions('news'))).map((one) => one.subscriptionName)).toEqual(['mail'])
  expect(await admin.getNamespaceProperties()).toMatchObject({ messagingSku: 'Standard' })
  await admin.deleteSubscription('news', 'mail')
  expect(await admin.subscriptionExists('news', 'mail')).toBe(false)
  expect(await admin.topicExists('news')).toBe(true)
})

test('what the emulator does not have, or cannot read, is refused, and so are requests of web pages', async () => {
  await using namespace = await administered()
  const { admin, emulator } = namespace
  await expect(admin.createQueue('q', { enablePartitioning: true })).rejects.toThrow('does not have EnablePartitioning')
  await expect(admin.createQueue('q', { lockDuration: 'PT6M' })).rejects.toThrow('q.lockDuration')
  await expect(admin.createQueue('q', { forwardTo: 'nowhere' })).rejects.toThrow('there is no queue or topic "nowhere"')
  await expect(admin.createQueue('-bad')).rejects.toThrow('is no name of a queue or topic')
  await expect(admin.createSubscription('nowhere', 's')).rejects.toMatchObject({ statusCode: 404 })
  await expect(admin.createRule('q', 's', 'r', { sqlExpression: '1=1' })).rejects.toThrow('over AMQP')
  const endpoint = /sb:\/\/([^;]+)/.exec(emulator.administrationConnectionString)?.[1]
  const put = async (body: string, headers = {}) =>
    (await fetch(`http://${endpoint}/q`, { method: 'PUT', body, headers })).status
  expect(await put('<entry>')).toBe(400)
  expect(await put('<!DOCTYPE a [<!ENTITY b "c">]><entry/>')).toBe(400)
  expect(
    await put(
      '<entry><content><QueueDescription><LockDuration>&#x110000;</LockDuration></QueueDescription></content></entry>',
    ),
  ).toBe(400)
  expect(await put('x'.repeat(300_000))).toBe(413)
  expect(await put('<entry/>', { origin: 'https://example.com' })).toBe(403)
  expect(await admin.queueExists('q')).toBe(false)
})

test('who sends to an entity that is removed, or receives from it, is refused', async () => {
  await using namespace = await administered({ queues: { q: {} }, topics: { t: { subscriptions: { s: {} } } } })
  const { admin, client } = namespace
  const sender = client.createSender('q')
  await sender.sendMessages({ body: 1 })
  const receivers = [client.createReceiver('q', { subQueueType: 'deadLetter' }), client.createReceiver('t', 's')]
  const receiving = receivers.map((receiver) => receiver.receiveMessages(1, { maxWaitTimeInMs: 3_000 }))
  const refused = receiving.map((one) => expect(one).rejects.toMatchObject({ code: 'MessagingEntityNotFound' }))
  // The links are open when the emulator has attached them.
  await setTimeout(300)
  await admin.deleteQueue('q')
  await admin.deleteTopic('t')
  await Promise.all(refused)
  await expect(sender.sendMessages({ body: 2 })).rejects.toMatchObject({ code: 'MessagingEntityNotFound' })
  await admin.createQueue('q')
  await expect(sender.sendMessages({ body: 3 })).rejects.toMatchObject({ code: 'MessagingEntityNotFound' })
  await client.createSender('q').sendMessages({ body: 4 })
  expect(namespace.emulator.inspect('q').messages).toHaveLength(1)
})
