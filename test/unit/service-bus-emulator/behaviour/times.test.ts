import { expect, test } from 'vitest'
import type { EntityOptions } from '../../../../src/service-bus-emulator/index.ts'
import { manualClock } from '../../../../src/testing/index.ts'
import { namespaceOf } from '../support/namespace.ts'
import { bodiesOf, receiveOne } from '../support/received.ts'

const BY_HAND = { maxAutoLockRenewalDurationInMs: 0 }

async function timed(entities: EntityOptions) {
  const clock = manualClock(Date.now())
  return { ...(await namespaceOf({ clock, entities })), clock }
}

test('a scheduled message becomes active at its time, behind what was sent before, unless it is cancelled', async () => {
  await using namespace = await timed({ queues: { q: {} }, topics: { t: { subscriptions: { s: {} } } } })
  const { client, clock, emulator } = namespace
  const sender = client.createSender('q')
  const at = new Date(clock.now() + 60_000)
  const [first, second] = await sender.scheduleMessages([{ body: 'one' }, { body: 'two' }], at)
  await sender.sendMessages({ body: 'set by property', scheduledEnqueueTimeUtc: at })
  await sender.cancelScheduledMessages(second as never)
  await expect(sender.cancelScheduledMessages(second as never)).rejects.toMatchObject({ code: 'MessageNotFound' })
  await client.createSender('t').scheduleMessages({ body: 'to a topic' }, at)
  await sender.sendMessages({ body: 'now' })
  const receiver = client.createReceiver('q', { receiveMode: 'receiveAndDelete' })
  expect(await bodiesOf(receiver, 1)).toEqual(['now'])
  expect(emulator.inspect('t/Subscriptions/s').messages).toEqual([])
  clock.advance(60_000)
  const message = await receiveOne(receiver)
  expect(message.body).toBe('one')
  expect(Number(message.sequenceNumber)).toBeGreaterThan(Number(first))
  expect(await bodiesOf(receiver)).toEqual(['set by property'])
  expect(await bodiesOf(client.createReceiver('t', 's'))).toEqual(['to a topic'])
})

test('a duplicate is dropped within the window, on queues and on topics, also in a batch', async () => {
  await using namespace = await timed({
    queues: { q: { requiresDuplicateDetection: true, duplicateDetectionHistoryTimeWindow: 'PT1M' } },
    topics: { t: { requiresDuplicateDetection: true, subscriptions: { s: {} } } },
  })
  const { client, clock, emulator } = namespace
  const sender = client.createSender('q')
  await sender.sendMessages({ body: 1, messageId: 'a' })
  clock.advance(59_000)
  await sender.sendMessages([
    { body: 2, messageId: 'a' },
    { body: 3, messageId: 'b' },
    { body: 4, messageId: 'b' },
    { body: 5 },
    { body: 6 },
  ])
  clock.advance(2_000)
  await sender.sendMessages({ body: 7, messageId: 'a' })
  expect(await bodiesOf(client.createReceiver('q'))).toEqual([1, 3, 5, 6, 7])
  for (const body of [1, 2]) await client.createSender('t').sendMessages({ body, messageId: 'a' })
  expect(emulator.inspect('t/Subscriptions/s').messages).toHaveLength(1)
})

test('an expired message is dropped or dead-lettered, but not while it is locked, and never once it is deferred', async () => {
  await using namespace = await timed({
    queues: {
      drops: { defaultMessageTimeToLive: 10_000 },
      keeps: { deadLetteringOnMessageExpiration: true, lockDuration: 60_000 },
    },
    topics: {
      t: { defaultMessageTimeToLive: 5_000, subscriptions: { s: { deadLetteringOnMessageExpiration: true } } },
    },
  })
  const { client, clock, emulator } = namespace
  const drops = client.createSender('drops')
  await drops.sendMessages([
    { body: 'by the queue', timeToLive: 60_000 },
    { body: 'by itself', timeToLive: 5_000 },
  ])
  clock.advance(5_000)
  expect(emulator.inspect('drops').messages).toHaveLength(1)
  clock.advance(5_000)
  expect(emulator.inspect('drops').messages).toHaveLength(0)
  expect(emulator.inspect('drops/$DeadLetterQueue').messages).toHaveLength(0)

  await client.createSender('keeps').sendMessages([
    { body: 'locked', timeToLive: 5_000 },
    { body: 'abandoned', timeToLive: 5_000 },
    { body: 'deferred', timeToLive: 5_000 },
    { body: 'waiting', timeToLive: 5_000 },
  ])
  const receiver = client.createReceiver('keeps', BY_HAND)
  const [locked, abandoned, deferred] = await receiver.receiveMessages(3, { maxWaitTimeInMs: 1_000 })
  await receiver.deferMessage(deferred as never)
  clock.advance(5_000)
  await receiver.completeMessage(locked as never)
  await receiver.abandonMessage(abandoned as never)
  const dead = client.createReceiver('keeps', { subQueueType: 'deadLetter', ...BY_HAND })
  const messages = await dead.receiveMessages(5, { maxWaitTimeInMs: 300 })
  expect(messages.map(({ body, deadLetterReason }) => [body, deadLetterReason]).sort()).toEqual([
    ['abandoned', 'TTLExpiredException'],
    ['waiting', 'TTLExpiredException'],
  ])
  expect(emulator.inspect('keeps').messages.map(({ state }) => state)).toEqual(['deferred'])
  // A dead-letter queue observes no time to live.
  clock.advance(100_000)
  expect(emulator.inspect('keeps/$DeadLetterQueue').messages).toHaveLength(2)

  await client.createSender('t').sendMessages({ body: 'limited by the topic' })
  clock.advance(5_000)
  expect(emulator.inspect('t/Subscriptions/s/$DeadLetterQueue').messages).toHaveLength(1)
})
