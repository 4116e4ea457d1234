import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import type { CloudEvent } from '../../../../src/cloud-events/cloud-event.ts'
import { type Clock, systemClock } from '../../../../src/core/clock.ts'
import { BusEntityUnsuitable } from '../../../../src/core/errors/bus.ts'
import { DestinationUnavailable } from '../../../../src/core/errors/reaction.ts'
import { StorageUnavailable } from '../../../../src/core/errors/storage.ts'
import { defineEvents } from '../../../../src/core/events/define-events.ts'
import type { StoragePort } from '../../../../src/core/port/storage.ts'
import type { BusSession, BusSubscription, ReceivedMessage } from '../../../../src/messaging/bus/subscription.ts'
import { type SubscriberOptions, startSubscriber } from '../../../../src/messaging/subscriber/start-subscriber.ts'
import { virtualWorld } from '../../reactions/virtual.ts'

const event = (id: string, n: number, more: Partial<CloudEvent['attributes']> = {}): CloudEvent => ({
  attributes: { specversion: '1.0', id, source: '/shop', type: 'Placed', subject: 'order:1', ...more },
  data: Buffer.from(JSON.stringify({ n })),
})

const NEVER = new Promise<never>(() => {})

/** A subscription with one session for each list of events; it notes what becomes of the messages. */
function subscriptionOf(sessions: readonly (readonly CloudEvent[])[], change: Partial<BusSubscription> = {}) {
  const log: string[] = []
  const left = sessions.map((events, i) => ({ events: [...events], name: `s${i}` }))
  const idOf = (message: ReceivedMessage) => message.event?.attributes.id
  const open = ({ events, name }: { events: CloudEvent[]; name: string }): BusSession => ({
    name,
    receive: async (most) => events.splice(0, most).map((one) => ({ event: one, deliveries: 1 })),
    complete: async (message) => void log.push(`complete ${idOf(message)}`),
    deadLetter: async (message, reason) => void log.push(`dead ${idOf(message)} ${reason}`),
    close: async () => void log.push(`close ${name}`),
  })
  const subscription: BusSubscription = {
    name: 'orders',
    acceptWait: 10_000,
    verify: async () => {},
    async accept(signal) {
      const next = left.shift()
      if (next) return open(next)
      await given.clock.sleep(10_000, signal)
      return undefined
    },
    reconnect: () => void log.push('reconnect'),
    close: async () => void log.push('close'),
    ...change,
  }
  const given = { subscription, log, clock: systemClock as Clock }
  return given
}

/** Runs a subscriber over a storage in virtual time. */
async function run(
  given: ReturnType<typeof subscriptionOf>,
  options: Partial<SubscriberOptions> = {},
  interpose: (port: StoragePort) => StoragePort = (port) => port,
) {
  const world = virtualWorld()
  const { clock } = world.process('one').options
  given.clock = clock
  const errors: unknown[] = []
  const subscriber = await startSubscriber(interpose(world.port), {
    subscription: given.subscription,
    sessions: 1,
    clock,
    random: () => 0.5,
    onError: (error) => errors.push(error),
    ...options,
  })
  return { ...world, subscriber, errors }
}

describe('a subscriber', () => {
  test('completes messages once they are stored, also those that it knows, and dead-letters what cannot be', async () => {
    const given = subscriptionOf([
      [event('a', 1), event('b', 2), event('a', 1)],
      [event('b', 2), event('b', 3), event('c', 4, { type: '$reserved' }), event('d', 5)],
    ])
    const { port, pass, subscriber } = await run(given)
    await pass(5_000)
    const { events } = await port.events.load('inbox-order:1')
    expect(events.map(({ eventData }) => eventData.n)).toEqual([1, 2, 5])
    expect(given.log).toEqual([
      ...['complete a', 'complete b', 'complete a', 'close s0'],
      ...['complete b', 'dead b EventIdReused', 'dead c InvalidEvent', 'complete d', 'close s1'],
    ])
    const messages = { stored: 3, duplicates: 2, gone: 0, deadLettered: 2 }
    expect(subscriber.status()).toMatchObject({ state: 'receiving', messages })
    await subscriber.stop()
    expect(given.log.at(-1)).toBe('close')
    expect(subscriber.status().state).toBe('stopped')
  })

  test('completes and counts what is for a deleted stream', async () => {
    const given = subscriptionOf([[event('a', 1)], [event('b', 2)]])
    const { port, pass, subscriber } = await run(given, { stream: () => 'order:1' }, (storage) => ({
      ...storage,
      events: {
        ...storage.events,
        async append(...appended) {
          const result = await storage.events.append(...appended)
          if (result.version === 1) {
            const metadata = { eventId: 'end' }
            await storage.events.tombstone('order:1', { metadata }, { expectedVersion: 'any' })
          }
          return result
        },
      },
    }))
    await pass(5_000)
    expect(given.log.filter((one) => one.startsWith('complete'))).toEqual(['complete a', 'complete b'])
    expect(subscriber.status().messages).toMatchObject({ stored: 1, gone: 1 })
    expect(port).toBeDefined()
    await subscriber.stop()
  })

  test('settles and accepts nothing while the storage is away, and says so', async () => {
    const given = subscriptionOf([[event('a', 1)], [event('b', 2, { subject: 'order:2' })]])
    let isAway = true
    let attempts = 0
    const { pass, subscriber, clock } = await run(given, { sessions: 2 }, (storage) => ({
      ...storage,
      events: {
        ...storage.events,
        async append(...appended) {
          attempts++
          if (isAway) throw new StorageUnavailable('away')
          return storage.events.append(...appended)
        },
      },
    }))
    await pass(600_000)
    expect(given.log).toEqual([])
    const since = new Date(clock.now() - 600_000).toISOString()
    expect(subscriber.status()).toMatchObject({ state: 'waiting', waitingFor: 'storage', error: 'StorageUnavailable' })
    expect(Date.parse(subscriber.status().since as string)).toBeGreaterThanOrEqual(Date.parse(since))
    // The pauses grow to a minute, and one lane at a time tries.
    expect(attempts).toBeLessThan(25)
    isAway = false
    await pass(61_000)
    expect(given.log.filter((one) => one.startsWith('complete')).toSorted()).toEqual(['complete a', 'complete b'])
    expect(subscriber.status()).toMatchObject({ state: 'receiving' })
    await subscriber.stop()
  })

  test.each(['accept', 'receive', 'complete'])('replaces a connection on which %s never ends', async (call) => {
    const given = subscriptionOf([[event('a', 1)], [event('a', 1)]])
    const { accept } = given.subscription
    let hangs = true
    const hang = <T>(otherwise: () => T): T | Promise<never> => (hangs ? NEVER : otherwise())
    const subscription: BusSubscription = {
      ...given.subscription,
      async accept(signal) {
        if (call === 'accept') await hang(() => {})
        const session = await accept(signal)
        if (session === undefined || call === 'accept') return session
        return {
          ...session,
          receive: (...how) => (call === 'receive' ? hang(() => session.receive(...how)) : session.receive(...how)),
          complete: (one) => (call === 'complete' ? hang(() => session.complete(one)) : session.complete(one)),
        } as BusSession
      },
      reconnect() {
        given.log.push('reconnect')
        hangs = false
      },
    }
    const { pass, subscriber, errors } = await run(Object.assign(given, { subscription }))
    await pass(60_000)
    expect(given.log.filter((one) => one === 'reconnect')).toEqual(['reconnect'])
    expect(errors[0]).toBeInstanceOf(DestinationUnavailable)
    expect(subscriber.status()).toMatchObject({ state: 'receiving', reconnects: 1 })
    expect(given.log).toContain('complete a')
    await subscriber.stop()
  })

  test('refuses an unsuitable entity before it accepts anything, and starts while the bus is away', async () => {
    const unsuitable = subscriptionOf([[event('a', 1)]], {
      verify: async () => {
        throw new BusEntityUnsuitable('orders', 'it has no sessions')
      },
    })
    await expect(run(unsuitable)).rejects.toThrow(BusEntityUnsuitable)
    expect(unsuitable.log).toEqual(['close'])
    const away = subscriptionOf([], {
      verify: async () => {
        throw new DestinationUnavailable('away')
      },
    })
    const { subscriber, errors } = await run(away)
    expect(errors).toHaveLength(1)
    await subscriber.stop()
    await expect(run(subscriptionOf([]), { sessions: 0 })).rejects.toMatchObject({ code: 'InvalidOption' })
  })

  test('dead-letters what its own stream function cannot place, without the content', async () => {
    const given = subscriptionOf([[event('a', 1)]])
    const stream = () => {
      throw new Error('secret')
    }
    const { pass, subscriber } = await run(given, { stream })
    await pass(5_000)
    expect(given.log).toContain('dead a StreamUnknown')
    await subscriber.stop()
  })

  test('keeps data that is no JSON object, and the schema version of events that it shares', async () => {
    const Placed = { schema: z.object({ n: z.number() }), version: 2, upcast: { 1: (data: object) => data } }
    const list: CloudEvent = { ...event('a', 0), data: Buffer.from('[1]') }
    const bytes: CloudEvent = {
      attributes: { ...event('b', 0).attributes, datacontenttype: 'image/png' },
      data: Uint8Array.of(0, 255),
    }
    const given = subscriptionOf([[list, bytes, event('c', 1, { schemaversion: 2 })]])
    const { port, pass, subscriber } = await run(given, { events: defineEvents({ Placed }) as never })
    await pass(5_000)
    const { events } = await port.events.load('inbox-order:1')
    expect(events.map(({ eventData }) => eventData)).toEqual([{ data: [1] }, { data_base64: 'AP8=' }, { n: 1 }])
    expect(events.map(({ metadata }) => metadata.schemaVersion)).toEqual([undefined, undefined, 2])
    await subscriber.stop()
  })
})

describe('a message from a foreign sender', () => {
  const shared = defineEvents({ Placed: z.object({ n: z.number() }) })
  const withData = (id: string, data: string, more = {}) => ({ ...event(id, 0, more), data: Buffer.from(data) })

  test('is refused if it has a member that only the vault may write', async () => {
    const given = subscriptionOf([[withData('a', '{"$apart":5}'), withData('b', '{"$personal":{}}'), event('c', 3)]])
    const { port, pass, subscriber } = await run(given)
    await pass(5_000)
    expect(given.log).toContain('dead a InvalidEvent')
    expect(given.log).toContain('dead b InvalidEvent')
    expect((await port.events.load('inbox-order:1')).events).toHaveLength(1)
    await subscriber.stop()
  })

  test('keeps the version of its schema, also as a text, if there can be such a version', async () => {
    const versions = ['2', 2, 0, -5, '0', 'x']
    const messages = versions.map((schemaversion, i) => event(`v${i}`, i, { schemaversion }))
    const given = subscriptionOf([messages])
    const { port, pass, subscriber } = await run(given, { events: shared as never })
    await pass(5_000)
    const { events } = await port.events.load('inbox-order:1')
    const [text, number, ...others] = events.map(({ metadata }) => metadata.schemaVersion)
    expect([text, number]).toEqual([2, 2])
    expect(new Set(others).size).toBe(1)
    expect(others).not.toContain(0)
    expect(others).not.toContain(-5)
    await subscriber.stop()
  })

  test('does not show in the reason what the id of its stream was made from', async () => {
    const reasons: string[] = []
    const given = subscriptionOf([[event('a', 1)]])
    const { accept } = given.subscription
    const noting: BusSubscription['accept'] = async (signal) => {
      const session = await accept(signal)
      const deadLetter: BusSession['deadLetter'] = async (_, reason, text) => void reasons.push(`${reason} ${text}`)
      return session && { ...session, deadLetter }
    }
    Object.assign(given.subscription, { accept: noting })
    const { pass, subscriber } = await run(given, { stream: () => 'order:ada@example.com/secret' })
    await pass(5_000)
    expect(reasons).toHaveLength(1)
    expect(reasons[0]).toMatch(/^InvalidStreamId /)
    expect(reasons[0]).not.toContain('ada')
    await subscriber.stop()
  })
})

test('an outage goes on while sessions are accepted whose calls all fail, and pauses grow', async () => {
  let accepted = 0
  const given = subscriptionOf([], {
    async accept() {
      accepted++
      const failing = () => Promise.reject(new DestinationUnavailable('it is away'))
      return { name: 's', receive: failing, complete: failing, deadLetter: failing, close: async () => {} }
    },
  })
  const { pass, subscriber } = await run(given)
  await pass(10_000)
  const { since } = subscriber.status()
  const soon = accepted
  await pass(300_000)
  expect(subscriber.status()).toMatchObject({ state: 'waiting', waitingFor: 'bus', since })
  expect(accepted - soon).toBeLessThan(20)
  await subscriber.stop()
})
