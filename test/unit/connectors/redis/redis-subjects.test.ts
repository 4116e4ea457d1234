import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { redisSubjects, subjectSink } from '../../../../src/connectors/redis/index.ts'
import { deleteStream } from '../../../../src/core/append/delete-stream.ts'
import { startProcessor } from '../../../../src/processor/processor.ts'
import { defineRule, on, setProperty } from '../../../../src/rules/index.ts'
import { openMemory } from '../../../../src/testing/memory/index.ts'
import { until } from '../../../support/projecting/until.ts'
import {
  connectRedis,
  findRedis,
  startRedis,
  type TestRedis,
  type TestRedisClient,
} from '../../../support/servers/redis.ts'
import { add, added, cart } from '../../rules/support.ts'

const program = findRedis()

const state = (
  version: number,
  properties: { readonly [name: string]: string } | null = { a: 'x' },
  incarnation = 'i1',
) => ({
  id: 'user:456',
  version,
  properties,
  incarnation,
})

describe.skipIf(program === undefined)('subjects in Redis', { timeout: 60_000 }, () => {
  let redis: TestRedis
  let client: TestRedisClient
  beforeAll(async () => {
    redis = await startRedis(program ?? '')
    client = await connectRedis(redis)
  }, 30_000)
  afterAll(async () => {
    client?.destroy()
    await redis?.[Symbol.asyncDispose]()
  })
  beforeEach(() => client.sendCommand(['FLUSHALL']))

  const stored = async (id: string) => {
    const text = await client.sendCommand(['GET', `subject:${id}`])
    return typeof text === 'string' ? JSON.parse(text) : undefined
  }

  it('keep the highest version of a log, in whatever order they are written', async () => {
    const cache = redisSubjects(client)
    const states = [2, 10, 9, 10, 11].map((version) => state(version))
    expect(await cache.write(states, { publish: false })).toEqual([true, true, false, false, true])
    expect(await stored('user:456')).toEqual(state(11))
    expect(await cache.write([state(1, {}, 'restored')], { publish: false })).toEqual([true])
    expect(await stored('user:456')).toEqual(state(1, {}, 'restored'))
  })

  it('are published only when they are written', async () => {
    const subscriber = await connectRedis(redis)
    const messages: number[] = []
    const end = Promise.withResolvers<void>()
    await subscriber.subscribe('subject:user:456', (text) => {
      messages.push(JSON.parse(text).version)
      if (messages.at(-1) === 9) end.resolve()
    })
    const cache = redisSubjects(client)
    await cache.write([state(2), state(1), state(3)], { publish: true })
    await cache.write([state(4)], { publish: false })
    await cache.write([state(9)], { publish: true })
    await end.promise
    expect(messages).toEqual([2, 3, 9])
    subscriber.destroy()
  })

  it('replace what is no state, and refuse what is no text', async () => {
    await client.sendCommand(['SET', 'subject:user:456', 'no state'])
    const cache = redisSubjects(client)
    expect(await cache.write([state(1)], { publish: false })).toEqual([true])
    await client.sendCommand(['DEL', 'subject:user:456'])
    await client.sendCommand(['LPUSH', 'subject:user:456', 'x'])
    expect(await cache.write([state(1)], { publish: false })).toEqual([
      expect.objectContaining({ message: expect.stringContaining('WRONGTYPE') }),
    ])
  })

  it('expire only if they are to', async () => {
    await redisSubjects(client, { ttl: 60_000, prefix: 'shop:' }).write([state(1)], { publish: false })
    expect(Number(await client.sendCommand(['PTTL', 'shop:subject:user:456']))).toBeGreaterThan(0)
    await redisSubjects(client).write([state(1)], { publish: false })
    expect(Number(await client.sendCommand(['PTTL', 'subject:user:456']))).toBe(-1)
    expect(() => redisSubjects(client, { ttl: 0 })).toThrow('ttl')
  })

  it('follow the rules, and lose their properties when their stream is deleted', async () => {
    await using port = openMemory()
    const rule = defineRule('on-product-added', on(cart, 'productAdded'), {
      from: 'start',
      subject: ({ data }) => `user:${data.user_id}`,
      then: [setProperty('last', ({ event }) => event.data.product_id)],
    })
    const sink = subjectSink('subjects', { storage: port, cache: redisSubjects(client), from: 'start' })
    await add(port, 'cart:1', added('456', 'tea'), added('7', 'milk'), added('456', 'rice'))
    await using _ = await startProcessor(port, [rule, sink], { pollInterval: 20 })
    await until('both are there', async () => (await stored('user:456'))?.version === 4)
    expect(await stored('user:456')).toMatchObject({ id: 'user:456', properties: { last: 'rice' } })
    await until('the other is there', async () => (await stored('user:7'))?.properties.last === 'milk')
    await deleteStream(port, 'subject:user:456', { expectedVersion: 'any' })
    await until('it is gone', async () => (await stored('user:456'))?.properties === null)
    expect(await stored('user:456')).toMatchObject({ version: 5, properties: null })
  })
})
