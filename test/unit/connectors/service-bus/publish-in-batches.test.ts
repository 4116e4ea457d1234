import type { ServiceBusMessage, ServiceBusMessageBatch } from '@azure/service-bus'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { publishInBatches } from '../../../../src/connectors/service-bus/publish-in-batches.ts'
import type { Sender } from '../../../../src/connectors/service-bus/senders.ts'
import { MessageRefused, MessageTooLarge } from '../../../../src/core/errors/bus.ts'
import { DestinationUnavailable } from '../../../../src/core/errors/reaction.ts'
import type { BusMessage } from '../../../../src/messaging/bus/bus.ts'

type Packed = ServiceBusMessageBatch & { readonly messages: ServiceBusMessage[] }

/** What the other side does: the size of a batch, of a message alone, which it refuses, and when it is away. */
type Behaviour = {
  readonly batchBytes: number
  readonly singleBytes: number
  readonly refused?: ReadonlySet<string>
  /** The sends from which on it is away, and whether it accepts the first of them before. */
  readonly away?: { readonly from: number; readonly accepts: boolean }
}

function modelSender({ batchBytes, singleBytes, refused = new Set(), away }: Behaviour) {
  const accepted: ServiceBusMessage[] = []
  const sends: number[] = []
  const sender: Sender = {
    address: 'orders',
    async batch() {
      const messages: ServiceBusMessage[] = []
      let bytes = 0
      const batch = {
        messages,
        tryAddMessage(message: ServiceBusMessage) {
          if (bytes + message.body.length > batchBytes) return false
          bytes += message.body.length
          messages.push(message)
          return true
        },
      }
      return batch as unknown as ServiceBusMessageBatch
    },
    async send(given) {
      const messages = (given as Packed).messages ?? [given as ServiceBusMessage]
      const isAway = away !== undefined && sends.length >= away.from
      const isFirstAway = sends.length === away?.from
      sends.push(messages.length)
      if (isAway && !(isFirstAway && away?.accepts)) throw new DestinationUnavailable('orders is unavailable')
      const limit = (given as Packed).messages ? batchBytes : singleBytes
      if (messages.some(({ body }) => body.length > limit)) throw new MessageTooLarge('orders', limit)
      if (messages.some(({ messageId }) => refused.has(messageId as string))) throw new MessageRefused('orders', 'no')
      accepted.push(...messages)
      if (isAway) throw new DestinationUnavailable('the reply was lost')
    },
  }
  return { sender, accepted, sends }
}

const message = (key: string, id: string, size = 10): BusMessage => ({
  event: { attributes: { specversion: '1.0', id, source: '/shop', type: 'T' }, data: new Uint8Array(size) },
  key,
  idempotencyKey: id,
})

const idsOf = (messages: readonly ServiceBusMessage[]) => messages.map(({ messageId }) => messageId)

test('messages of several keys are sent in one batch, in order', async () => {
  const { sender, accepted, sends } = modelSender({ batchBytes: 1_000, singleBytes: 1_000 })
  const messages = Array.from({ length: 50 }, (_, i) => message(`order:${i % 7}`, `m${i}`))
  expect(await publishInBatches(sender, messages)).toEqual([])
  expect(sends).toEqual([50])
  expect(idsOf(accepted)).toEqual(messages.map(({ idempotencyKey }) => idempotencyKey))
})

test('a batch has at most a hundred messages', async () => {
  const { sender, sends } = modelSender({ batchBytes: 1e9, singleBytes: 1e9 })
  await publishInBatches(
    sender,
    Array.from({ length: 250 }, (_, i) => message('order:1', `m${i}`)),
  )
  expect(sends).toEqual([100, 100, 50])
})

test('a message that fits into no batch is sent alone, after those before it', async () => {
  const { sender, accepted, sends } = modelSender({ batchBytes: 100, singleBytes: 120 })
  const messages = [message('a:1', 'm0'), message('a:1', 'm1', 110), message('a:1', 'm2')]
  expect(await publishInBatches(sender, messages)).toEqual([])
  expect(idsOf(accepted)).toEqual(['m0', 'm1', 'm2'])
  expect(sends).toEqual([1, 1, 1])
})

test('a message that is too large to be sent alone fails with the rest of its key, and no other', async () => {
  const { sender, accepted } = modelSender({ batchBytes: 100, singleBytes: 120 })
  const messages = [message('a:1', 'm0', 130), message('a:2', 'm1'), message('a:1', 'm2'), message('a:2', 'm3')]
  const failures = await publishInBatches(sender, messages)
  expect(failures.map(({ index, error }) => [index, error.name])).toEqual([
    [0, 'MessageTooLarge'],
    [2, 'MessageTooLarge'],
  ])
  expect(idsOf(accepted)).toEqual(['m1', 'm3'])
})

test('what was accepted before an outage is not among the failures, so that it is not sent again', async () => {
  const away = { from: 1, accepts: false }
  const { sender, accepted, sends } = modelSender({ batchBytes: 100, singleBytes: 100, away })
  const messages = Array.from({ length: 40 }, (_, i) => message(`a:${i}`, `m${i}`))
  const failures = await publishInBatches(sender, messages)
  expect(accepted).toHaveLength(10)
  expect(failures.map(({ index }) => index)).toEqual(Array.from({ length: 30 }, (_, i) => i + 10))
  expect(failures.every(({ error }) => error instanceof DestinationUnavailable)).toBe(true)
  expect(sends).toHaveLength(2)
})

test('the abort of the caller ends it, and is no failure of messages', async () => {
  const abort = new AbortController()
  const { sender } = modelSender({ batchBytes: 100, singleBytes: 100 })
  const stopping: Sender = {
    ...sender,
    async send() {
      abort.abort(new Error('stopped'))
      throw new DestinationUnavailable('orders is unavailable')
    },
  }
  await expect(publishInBatches(stopping, [message('a:1', 'm0')], abort.signal)).rejects.toThrow('stopped')
})

describe('whatever the sizes, refusals and outages', () => {
  const anyMessages = fc.array(
    fc.record({ key: fc.integer({ min: 0, max: 5 }), size: fc.integer({ min: 1, max: 140 }), isRefused: fc.boolean() }),
    { maxLength: 130 },
  )
  const anyAway = fc.option(fc.record({ from: fc.nat(8), accepts: fc.boolean() }), { nil: undefined })

  test('each message is accepted, or a failure; each key is a prefix in order; only what was refused or away fails', async () => {
    await fc.assert(
      fc.asyncProperty(anyMessages, anyAway, async (given, away) => {
        const messages = given.map(({ key, size }, i) => message(`a:${key}`, `m${i}`, size))
        const refused = new Set(given.flatMap(({ isRefused, size }, i) => (isRefused && size < 20 ? [`m${i}`] : [])))
        const { sender, accepted } = modelSender({ batchBytes: 100, singleBytes: 120, refused, ...(away && { away }) })
        const failures = await publishInBatches(sender, messages)

        const failed = new Set(failures.map(({ index }) => `m${index}`))
        expect(failures.map(({ index }) => index)).toEqual(failures.map(({ index }) => index).toSorted((a, b) => a - b))
        expect(failed.size).toBe(failures.length)
        const isLost = (id: string) => idsOf(accepted).includes(id)
        for (const { idempotencyKey: id } of messages) expect(failed.has(id) || isLost(id), id).toBe(true)
        expect(new Set(idsOf(accepted)).size).toBe(accepted.length)

        for (const key of new Set(messages.map((one) => one.key))) {
          const ofKey = messages.filter((one) => one.key === key).map((one) => one.idempotencyKey)
          const arrived = accepted.filter(({ sessionId }) => sessionId === key).map(({ messageId }) => messageId)
          expect(arrived).toEqual(ofKey.slice(0, arrived.length))
          const firstFailed = ofKey.findIndex((id) => failed.has(id))
          if (firstFailed >= 0) for (const id of ofKey.slice(firstFailed)) expect(failed.has(id), id).toBe(true)
        }
        const first = new Map<string, Error>()
        for (const { index, error } of failures) {
          const { key, idempotencyKey: id, event } = messages[index] as BusMessage
          if (first.has(key)) continue
          first.set(key, error)
          if (error instanceof DestinationUnavailable) expect(away).toBeDefined()
          else expect(refused.has(id) || event.data.length > 120, id).toBe(true)
        }
      }),
      { numRuns: 300 },
    )
  })
})
