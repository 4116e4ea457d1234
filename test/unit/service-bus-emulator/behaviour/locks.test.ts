import { expect, test } from 'vitest'
import { manualClock } from '../../../../src/testing/index.ts'
import { clientOf, namespaceOf } from '../support/namespace.ts'
import { bodiesOf, receiveOne } from '../support/received.ts'

const BY_HAND = { maxAutoLockRenewalDurationInMs: 0 }

async function queueWith(count: number, options = {}) {
  const clock = manualClock(Date.now())
  const namespace = await namespaceOf({ clock, entities: { queues: { q: { lockDuration: 30_000, ...options } } } })
  const sender = namespace.client.createSender('q')
  await sender.sendMessages(Array.from({ length: count }, (_, body) => ({ body })))
  return { ...namespace, clock, sender, receiver: namespace.client.createReceiver('q', BY_HAND) }
}

test('a message whose lock expires is delivered again, at its old place, and can no longer be settled', async () => {
  await using namespace = await queueWith(2)
  const { clock, receiver } = namespace
  const first = await receiveOne(receiver)
  expect(first.lockedUntilUtc?.getTime()).toBe(clock.now() + 30_000)
  clock.advance(29_999)
  expect(await bodiesOf(receiver, 1)).toEqual([1])
  clock.advance(1)
  const again = await receiveOne(receiver)
  expect(again).toMatchObject({ body: 0, deliveryCount: 1 })
  await expect(receiver.completeMessage(first)).rejects.toMatchObject({ code: 'MessageLockLost' })
  await receiver.completeMessage(again)
})

test('a renewed lock lasts from the renewal on', async () => {
  await using namespace = await queueWith(1)
  const { clock, receiver, emulator } = namespace
  const message = await receiveOne(receiver)
  clock.advance(20_000)
  expect((await receiver.renewMessageLock(message)).getTime()).toBe(clock.now() + 30_000)
  clock.advance(20_000)
  await receiver.completeMessage(message)
  expect(emulator.inspect('q').messages).toEqual([])
})

test('the lock of a message outlives the connection of its receiver', async () => {
  await using namespace = await queueWith(1)
  const { clock, emulator } = namespace
  const other = clientOf(emulator)
  await receiveOne(other.createReceiver('q', BY_HAND))
  await other.close()
  expect(await bodiesOf(namespace.receiver)).toEqual([])
  clock.advance(30_000)
  expect(await receiveOne(namespace.receiver)).toMatchObject({ body: 0, deliveryCount: 1 })
})

test('a message that was delivered in vain too often is dead-lettered, however its deliveries ended', async () => {
  await using namespace = await queueWith(1, { maxDeliveryCount: 3 })
  const { clock, receiver, client } = namespace
  await receiver.abandonMessage(await receiveOne(receiver))
  await receiveOne(receiver)
  clock.advance(30_000)
  await receiver.abandonMessage(await receiveOne(receiver))
  expect(await bodiesOf(receiver)).toEqual([])
  const dead = client.createReceiver('q', { subQueueType: 'deadLetter', ...BY_HAND })
  const message = await receiveOne(dead)
  expect(message).toMatchObject({ deadLetterReason: 'MaxDeliveryCountExceeded', deliveryCount: 3 })
  // There is nowhere to go from here.
  await expect(dead.deadLetterMessage(message)).rejects.toThrow('cannot be dead-lettered')
})

test('a deferred message is received by its number only, as often as it takes', async () => {
  await using namespace = await queueWith(2)
  const { receiver, emulator } = namespace
  const first = await receiveOne(receiver)
  await receiver.deferMessage(first, { why: 'too early' })
  expect(await bodiesOf(receiver, 2)).toEqual([1])
  const numbers = [first.sequenceNumber ?? 0] as never
  const [deferred] = await receiver.receiveDeferredMessages(numbers)
  expect(deferred).toMatchObject({ body: 0, applicationProperties: { why: 'too early' }, state: 'deferred' })
  await expect(receiver.receiveDeferredMessages(numbers)).rejects.toMatchObject({ code: 'MessageNotFound' })
  await receiver.abandonMessage(deferred as never)
  const [again] = await receiver.receiveDeferredMessages(numbers)
  await receiver.deadLetterMessage(again as never, { deadLetterReason: 'late', deadLetterErrorDescription: '' })
  expect(emulator.inspect('q/$DeadLetterQueue').messages).toHaveLength(1)
})

test('what is received and deleted is gone at once', async () => {
  await using namespace = await queueWith(3)
  const receiver = namespace.client.createReceiver('q', { receiveMode: 'receiveAndDelete' })
  expect(await bodiesOf(receiver, 2)).toEqual([0, 1])
  expect(namespace.emulator.inspect('q').messages).toHaveLength(1)
})

test('peeking shows everything that is there, and locks nothing', async () => {
  await using namespace = await queueWith(3)
  const { receiver, sender, clock } = namespace
  await receiveOne(receiver)
  await receiver.deferMessage(await receiveOne(receiver))
  await sender.scheduleMessages({ body: 'later' }, new Date(clock.now() + 60_000))
  const peeked = await receiver.peekMessages(10)
  expect(peeked.map(({ body, state }) => [body, state])).toEqual([
    [0, 'active'],
    [1, 'deferred'],
    [2, 'active'],
    ['later', 'scheduled'],
  ])
  expect(peeked.every(({ lockToken, lockedUntilUtc }) => lockToken === undefined && lockedUntilUtc === undefined)).toBe(
    true,
  )
  expect(
    (await receiver.peekMessages(1, { fromSequenceNumber: peeked[2]?.sequenceNumber as never })).map(
      ({ body }) => body,
    ),
  ).toEqual([2])
  expect(await bodiesOf(receiver)).toEqual([2])
})

test('a receiver that subscribes gets what is sent afterwards, and two share the work', async () => {
  await using namespace = await queueWith(0)
  const { client, sender, emulator } = namespace
  const got: unknown[][] = [[], []]
  const handled = Promise.withResolvers<void>()
  for (const list of got) {
    client.createReceiver('q', BY_HAND).subscribe({
      processMessage: async ({ body }) => {
        list.push(body)
        if (got.flat().length === 20) handled.resolve()
      },
      processError: async ({ error }) => handled.reject(error),
    })
  }
  for (let body = 0; body < 20; body++) await sender.sendMessages({ body })
  await handled.promise
  expect(got.flat().sort((a, b) => Number(a) - Number(b))).toEqual(Array.from({ length: 20 }, (_, body) => body))
  expect(Math.min(...got.map((list) => list.length))).toBeGreaterThan(0)
  await expect.poll(() => emulator.inspect('q').messages.length).toBe(0)
})
