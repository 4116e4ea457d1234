import fc from 'fast-check'
import { expect, test } from 'vitest'
import { startServiceBusEmulator } from '../../../../src/service-bus-emulator/index.ts'
import { formatDuration, readDuration } from '../../../../src/service-bus-emulator/options/duration.ts'

const queue = (options: unknown) => ({ entities: { queues: { q: options } } }) as never

test.each([
  [queue({ lockDuration: 'PT6M' }), 'entities.queues.q.lockDuration'],
  [queue({ lockDuration: '1 minute' }), 'entities.queues.q.lockDuration'],
  [queue({ maxDeliveryCount: 0 }), 'entities.queues.q.maxDeliveryCount'],
  [queue({ requiresSession: 'yes' }), 'entities.queues.q.requiresSession'],
  [queue({ duplicateDetectionHistoryTimeWindow: 1_000 }), 'entities.queues.q.duplicateDetectionHistoryTimeWindow'],
  [queue({ status: 'Off' }), 'entities.queues.q.status'],
  [queue({ sessions: true }), 'entities.queues.q.sessions'],
  [queue([]), 'entities.queues.q: must be an object'],
  [queue({ forwardTo: 'nowhere' }), 'entities.queues.q.forwardTo'],
  [{ entities: { queues: { q: { forwardTo: 'r', requiresSession: true }, r: {} } } }, 'entities.queues.q.forwardTo'],
  [{ entities: { queues: { Q: {}, q: {} } } }, 'entities: has "q" twice'],
  [{ entities: { queues: { q: {} }, topics: { Q: {} } } }, 'entities: has "Q" twice'],
  [{ entities: { queues: { 'a b': {} } } }, 'entities.queues.a b'],
  [{ entities: { queue: {} } } as never, 'entities.queue'],
  [{ entities: { topics: { t: { subscriptions: { 'a/b': {} } } } } }, 'entities.topics.t.subscriptions.a/b'],
  [
    { entities: { topics: { t: { subscriptions: { s: { rules: { r: { sqlFilter: 'a =' } } } } } } } },
    'entities.topics.t.subscriptions.s.rules.r: has a sqlFilter that ends too early',
  ],
  [{ entities: { topics: { t: { lockDuration: 1 } } } } as never, 'entities.topics.t.lockDuration'],
  [{ limits: { messages: 0 } }, 'limits.messages'],
  [{ limits: { message: 1 } } as never, 'limits.message'],
  [{ data: '/dev/null/folder' }, 'data'],
])('a wrong option is refused by its name: %j', async (options, name) => {
  await expect(startServiceBusEmulator(options)).rejects.toMatchObject({
    code: 'InvalidConfiguration',
    message: expect.stringContaining(name),
  })
})

test('a duration is read back as it was written', () => {
  fc.assert(
    fc.property(fc.oneof(fc.nat(1e10), fc.constant(Number.POSITIVE_INFINITY)), (milliseconds) => {
      const text = formatDuration(milliseconds)
      expect(readDuration('it', text, 0, Number.POSITIVE_INFINITY)).toBeCloseTo(milliseconds, 3)
    }),
  )
  expect(formatDuration(90_061_000)).toBe('P1DT1H1M1S')
})

test('an entity that is not there cannot be inspected', async () => {
  const emulator = await startServiceBusEmulator({ entities: { topics: { t: {} } } })
  for (const path of ['t', 'nowhere', 't/Subscriptions/s']) {
    expect(() => emulator.inspect(path)).toThrow('The option path must be the path of a queue')
  }
  await emulator.close()
})
