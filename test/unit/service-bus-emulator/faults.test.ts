import fc from 'fast-check'
import { expect, test } from 'vitest'
import {
  FAULT_KINDS,
  type FaultKind,
  type FaultPoint,
  seededBusFaults,
} from '../../../src/service-bus-emulator/index.ts'
import { clientOf, namespaceOf } from './support/namespace.ts'
import { bodiesOf, receiveOne } from './support/received.ts'

const SHORT = 500

async function faulty() {
  const namespace = await namespaceOf({ entities: { queues: { q: {}, s: { requiresSession: true } } } })
  const impatient = clientOf(namespace.emulator, SHORT)
  const fail = (on: FaultPoint['on'], kind: FaultKind) => {
    namespace.emulator.faults = (point) => (point.on === on ? kind : undefined)
  }
  return {
    ...namespace,
    impatient,
    fail,
    async [Symbol.asyncDispose]() {
      namespace.emulator.faults = undefined
      await impatient.close()
      await namespace[Symbol.asyncDispose]()
    },
  }
}

test.each([
  ['busy', 'ServiceBusy', 0],
  ['lostReply', 'ServiceTimeout', 1],
  ['detach', 'ServiceTimeout', 0],
  ['dropBefore', 'ServiceTimeout', 0],
  ['dropAfter', 'ServiceTimeout', 1],
] as const)('%s: a send fails with %s, and %i messages are there', async (kind, code, count) => {
  await using namespace = await faulty()
  const { impatient, emulator, fail } = namespace
  const sender = impatient.createSender('q')
  await sender.sendMessages({ body: 'before' })
  fail('send', kind)
  await expect(sender.sendMessages({ body: 'during' })).rejects.toMatchObject({ code })
  emulator.faults = undefined
  expect(emulator.inspect('q').messages).toHaveLength(1 + count)
  await expect
    .poll(() =>
      sender.sendMessages({ body: 'after' }).then(
        () => 'sent',
        () => 'failed',
      ),
    )
    .toBe('sent')
})

test.each([
  ['busy', 'ServiceBusy', 1],
  ['lostReply', 'ServiceTimeout', 0],
  ['dropBefore', 'ServiceTimeout', 1],
  ['dropAfter', 'ServiceTimeout', 0],
  ['expiredLock', 'MessageLockLost', 1],
] as const)('%s: completing fails with %s, and %i messages are there', async (kind, code, count) => {
  await using namespace = await faulty()
  const { impatient, emulator, fail } = namespace
  await impatient.createSender('q').sendMessages({ body: 1 })
  const receiver = impatient.createReceiver('q')
  const message = await receiveOne(receiver)
  fail('settle', kind)
  await expect(receiver.completeMessage(message)).rejects.toMatchObject({ code })
  expect(emulator.inspect('q').messages).toHaveLength(count)
})

test('requests fail without an effect, or take effect without a reply', async () => {
  await using namespace = await faulty()
  const { impatient, emulator, fail } = namespace
  const sender = impatient.createSender('q')
  const at = new Date(Date.now() + 60_000)
  fail('manage', 'busy')
  await expect(sender.scheduleMessages({ body: 1 }, at)).rejects.toMatchObject({ code: 'ServiceBusy' })
  fail('manage', 'lostReply')
  await expect(sender.scheduleMessages({ body: 2 }, at)).rejects.toMatchObject({ code: 'ServiceTimeout' })
  expect(emulator.inspect('q').messages).toHaveLength(1)
})

test('a link is refused, and a lock expires right after its delivery', async () => {
  await using namespace = await faulty()
  const { impatient, client, emulator, fail } = namespace
  fail('attach', 'busy')
  await expect(impatient.createSender('q').sendMessages({ body: 1 })).rejects.toMatchObject({ code: 'ServiceBusy' })
  emulator.faults = undefined
  await client.createSender('q').sendMessages({ body: 1 })
  fail('receive', 'expiredLock')
  const receiver = client.createReceiver('q')
  const message = await receiveOne(receiver)
  emulator.faults = undefined
  await expect(receiver.completeMessage(message)).rejects.toMatchObject({ code: 'MessageLockLost' })
})

test('the lock of a session expires while its messages are delivered', async () => {
  await using namespace = await faulty()
  const { client, emulator, fail } = namespace
  await client.createSender('s').sendMessages({ body: 1, sessionId: 'a' })
  const session = await client.acceptSession('s', 'a')
  fail('receive', 'expiredLock')
  await expect(session.receiveMessages(1, { maxWaitTimeInMs: 300 })).rejects.toMatchObject({ code: 'SessionLockLost' })
  emulator.faults = undefined
  expect(emulator.inspect('s').messages.map(({ deliveryCount }) => deliveryCount)).toEqual([1])
  const again = await client.acceptSession('s', 'a')
  expect(await bodiesOf(again)).toEqual([1])
})

test('while no connection is taken, clients fail, and work again afterwards', async () => {
  await using namespace = await faulty()
  const { impatient, emulator, fail } = namespace
  const sender = impatient.createSender('q')
  await sender.sendMessages({ body: 1 })
  fail('connect', 'dropBefore')
  emulator.disconnect()
  await expect(sender.sendMessages({ body: 2 })).rejects.toMatchObject({ code: expect.anything() })
  emulator.faults = undefined
  const works = () =>
    sender.sendMessages({ body: 3 }).then(
      () => true,
      () => false,
    )
  await expect.poll(works, { timeout: 10_000 }).toBe(true)
  expect(emulator.inspect('q').messages.length).toBeGreaterThanOrEqual(2)
})

test('the faults of a seed repeat, have its rates, and end', () => {
  const points: FaultPoint[] = (['send', 'receive', 'settle', 'manage', 'attach', 'connect'] as const).map((on) => ({
    on,
    entity: 'q',
  }))
  const draw = (seed: number) => {
    const faults = seededBusFaults({ seed })
    return {
      drawn: Array.from({ length: 600 }, (_, i) => faults.hook(points[i % points.length] as FaultPoint)),
      faults,
    }
  }
  fc.assert(
    fc.property(fc.nat(), (seed) => {
      const { drawn, faults } = draw(seed)
      expect(draw(seed).drawn).toEqual(drawn)
      for (const kind of FAULT_KINDS) {
        expect(faults.counts[kind]).toBe(drawn.filter((one) => one === kind).length)
        if (faults.rates[kind] === 0) expect(faults.counts[kind]).toBe(0)
      }
      faults.end()
      expect(faults.hook({ on: 'send', entity: 'q' })).toBe(undefined)
    }),
    { numRuns: 50 },
  )
  const only = seededBusFaults({ seed: 1, rates: { busy: 1 }, strikes: ({ entity }) => entity === 'q' })
  expect([
    only.hook({ on: 'send', entity: 'q' }),
    only.hook({ on: 'receive', entity: 'q' }),
    only.hook({ on: 'send', entity: 'r' }),
  ]).toEqual(['busy', undefined, undefined])
})
