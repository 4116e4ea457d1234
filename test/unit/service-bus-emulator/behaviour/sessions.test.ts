import { setTimeout } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { manualClock } from '../../../../src/testing/index.ts'
import { namespaceOf } from '../support/namespace.ts'
import { bodiesOf, receiveOne } from '../support/received.ts'

const BY_HAND = { maxAutoLockRenewalDurationInMs: 0 }

async function sessionsWith(...sent: readonly (readonly [sessionId: string, body: unknown])[]) {
  const clock = manualClock(Date.now())
  const namespace = await namespaceOf({
    clock,
    entities: { queues: { q: { requiresSession: true, lockDuration: 30_000, maxDeliveryCount: 2 } } },
  })
  const sender = namespace.client.createSender('q')
  for (const [sessionId, body] of sent) await sender.sendMessages({ sessionId, body })
  return { ...namespace, clock, sender }
}

test('when the lock of a session expires, its receiver is detached and its deliveries count', async () => {
  await using namespace = await sessionsWith(['a', 1])
  const { client, clock, emulator } = namespace
  const first = await client.acceptSession('q', 'a', BY_HAND)
  expect(first.sessionLockedUntilUtc.getTime()).toBe(clock.now() + 30_000)
  const message = await receiveOne(first)
  clock.advance(30_000)
  // A message that is settled while the link is being detached is settled by nobody; the SDK waits for a minute.
  await setTimeout(100)
  await expect(first.completeMessage(message)).rejects.toMatchObject({ code: 'SessionLockLost' })
  const second = await client.acceptNextSession('q', BY_HAND)
  expect(await receiveOne(second)).toMatchObject({ body: 1, deliveryCount: 1 })
  clock.advance(30_000)
  await expect.poll(() => emulator.inspect('q/$DeadLetterQueue').messages.length).toBe(1)
})

test('a renewed session stays locked, with its messages; one that is closed counts no delivery', async () => {
  await using namespace = await sessionsWith(['a', 1])
  const { client, clock } = namespace
  const first = await client.acceptSession('q', 'a', BY_HAND)
  await receiveOne(first)
  clock.advance(20_000)
  expect((await first.renewSessionLock()).getTime()).toBe(clock.now() + 30_000)
  clock.advance(20_000)
  await expect(client.acceptSession('q', 'a', BY_HAND)).rejects.toMatchObject({ code: 'SessionCannotBeLocked' })
  await first.close()
  const second = await client.acceptSession('q', 'a', BY_HAND)
  const message = await receiveOne(second)
  expect(message.deliveryCount).toBe(0)
  await second.completeMessage(message)
})

test('who waits for a session gets the first that has messages; who waits in vain gets a timeout of the clock', async () => {
  await using namespace = await sessionsWith()
  const { client, sender, clock } = namespace
  const waiting = client.acceptNextSession('q', BY_HAND)
  await expect.poll(() => clock.sleeping).toBeGreaterThan(0)
  await sender.sendMessages({ sessionId: 'b', body: 1 })
  const session = await waiting
  expect([session.sessionId, await bodiesOf(session)]).toEqual(['b', [1]])
  const inVain = client.acceptNextSession('q', BY_HAND)
  const refused = expect(inVain).rejects.toMatchObject({ code: 'ServiceTimeout' })
  await expect.poll(() => clock.sleeping).toBeGreaterThan(1)
  clock.advance(3_000)
  await refused
})

test('messages of a session are delivered in order, one session to one receiver', async () => {
  await using namespace = await sessionsWith(['a', 1], ['b', 2], ['a', 3], ['b', 4], ['a', 5])
  const { client } = namespace
  const [first, second] = [await client.acceptNextSession('q'), await client.acceptNextSession('q')]
  expect([first.sessionId, await bodiesOf(first)]).toEqual(['a', [1, 3, 5]])
  expect([second.sessionId, await bodiesOf(second)]).toEqual(['b', [2, 4]])
})

test('a session is abandoned, deferred and received by number within itself only', async () => {
  await using namespace = await sessionsWith(['a', 1], ['b', 2])
  const { client } = namespace
  const session = await client.acceptSession('q', 'a', BY_HAND)
  const message = await receiveOne(session)
  await session.abandonMessage(message)
  const again = await receiveOne(session)
  expect(again.deliveryCount).toBe(1)
  await session.deferMessage(again)
  const numbers = [again.sequenceNumber ?? 0] as never
  const other = await client.acceptSession('q', 'b', BY_HAND)
  await expect(other.receiveDeferredMessages(numbers)).rejects.toMatchObject({ code: 'MessageNotFound' })
  const [deferred] = await session.receiveDeferredMessages(numbers)
  expect(deferred?.body).toBe(1)
  expect((await session.peekMessages(10)).map(({ body }) => body)).toEqual([1])
})

test('a state of a session is kept until it is removed, also while the session has no messages', async () => {
  await using namespace = await sessionsWith()
  const { client } = namespace
  const session = await client.acceptSession('q', 'a', BY_HAND)
  expect(await session.getSessionState()).toBe(null)
  await session.setSessionState('half done')
  await session.close()
  const again = await client.acceptSession('q', 'a', BY_HAND)
  expect(await again.getSessionState()).toBe('half done')
  await again.setSessionState(null)
  expect(await again.getSessionState()).toBe(null)
})
