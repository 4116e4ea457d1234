import fc from 'fast-check'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { redisStates } from '../../../../src/connectors/redis/index.ts'
import type { ViewState } from '../../../../src/messaging/cache/state-cache.ts'
import { compareVectors, versionVector } from '../../../../src/messaging/cache/version-vector.ts'
import { manualClock } from '../../../../src/testing/manual-clock.ts'
import {
  connectRedis,
  findRedis,
  reconnected,
  startRedis,
  type TestRedis,
  type TestRedisClient,
} from '../../../support/servers/redis.ts'
import { tidemarks } from '../../messaging/cache/vectors.ts'

const program = findRedis()
const HOUR = 3_600_000

const at = (lsn: number) => versionVector([{ min: '', max: 'FF', lsn, hash: 'AB', version: 1 }])
const view = (key: string, lsn: number, parts: Partial<ViewState> = {}): ViewState => ({
  projection: 'overview',
  generation: 'i1.1',
  key,
  version: 1,
  vector: at(lsn),
  data: { lsn },
  isParked: false,
  ...parts,
})
const entryOf = (key: string) => `tidemark:state:overview:i1.1:${key}`

describe.skipIf(program === undefined)('states of views in Redis', { timeout: 60_000 }, () => {
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

  const publish = { publish: true }

  /** What is published while something runs: channel and message. */
  async function published(work: () => Promise<unknown>): Promise<(readonly [string, string])[]> {
    const messages: (readonly [string, string])[] = []
    const subscriber = await connectRedis(redis)
    try {
      const end = Promise.withResolvers<void>()
      await subscriber.pSubscribe('*', (message, channel) => {
        if (channel === 'end') end.resolve()
        else messages.push([channel, message])
      })
      await work()
      await client.sendCommand(['PUBLISH', 'end', ''])
      await end.promise
    } finally {
      subscriber.destroy()
    }
    return messages
  }

  it('writes a state and publishes it, if it is newer', async () => {
    const states = redisStates(client)
    const messages = await published(async () => {
      expect(await states.write([view('a', 1), view('b', 5)], publish)).toEqual(['written', 'written'])
      expect(await states.write([view('a', 1), view('b', 4), view('a', 2)], publish)).toEqual([
        'notNewer',
        'notNewer',
        'written',
      ])
    })
    expect(messages.map(([channel, text]) => [channel, JSON.parse(text).data])).toEqual([
      ['tidemark:view:overview:a', { lsn: 1 }],
      ['tidemark:view:overview:b', { lsn: 5 }],
      ['tidemark:view:overview:a', { lsn: 2 }],
    ])
    const refs = ['a', 'b', 'c'].map((key) => view(key, 0))
    expect(await states.read(refs.map(({ key }) => ref(key)))).toEqual([view('a', 2), view('b', 5), undefined])
  })

  it('publishes nothing when a reader fills the cache', async () => {
    const states = redisStates(client)
    expect(await published(() => states.write([view('a', 1)], { publish: false }))).toEqual([])
  })

  it('orders version vectors in Redis as they are ordered here', async () => {
    const states = redisStates(client)
    const pairs = fc.sample(fc.tuple(tidemarks, tidemarks), { numRuns: 600, seed: 13 })
    const seen = new Map<string, number>()
    const all = pairs.map(([a, b]) => [versionVector(a), versionVector(b)] as const)
    await states.write(
      all.map(([first], i) => view(`${i}`, 0, { vector: first })),
      { publish: false },
    )
    const outcomes = await states.write(
      all.map(([, second], i) => view(`${i}`, 0, { vector: second })),
      { publish: false },
    )
    const EXPECTED = { after: 'written', before: 'notNewer', equal: 'notNewer', concurrent: 'concurrent' }
    for (const [i, [first, second]] of all.entries()) {
      const order = compareVectors(second, first)
      seen.set(order, (seen.get(order) ?? 0) + 1)
      expect(outcomes[i], `${second} after ${first}`).toBe(EXPECTED[order])
    }
    expect(
      Math.min(...['after', 'before', 'equal', 'concurrent'].map((order) => seen.get(order) ?? 0)),
    ).toBeGreaterThan(5)
  })

  it('ends with the newest state, in whatever order many writers write', async () => {
    const others = await Promise.all([connectRedis(redis), connectRedis(redis)])
    try {
      const writers = [client, ...others].map((one) => redisStates(one))
      const orders = fc.sample(fc.shuffledSubarray([1, 2, 3, 4, 5, 6], { minLength: 6 }), { numRuns: 30, seed: 7 })
      const messages = await published(() =>
        Promise.all(
          orders.flatMap((order, i) =>
            order.map((lsn, n) => writers[n % writers.length]?.write([view(`v${i}`, lsn)], publish)),
          ),
        ),
      )
      const found = await writers[0]?.read(orders.map((_, i) => ref(`v${i}`)))
      expect(found?.map((state) => state?.data)).toEqual(orders.map(() => ({ lsn: 6 })))
      const byChannel = Map.groupBy(messages, ([channel]) => channel)
      for (const own of byChannel.values()) {
        const lsns = own.map(([, text]) => JSON.parse(text).data.lsn as number)
        expect(lsns).toEqual(lsns.toSorted((a, b) => a - b))
        expect(lsns.at(-1)).toBe(6)
      }
    } finally {
      for (const other of others) other.destroy()
    }
  })

  it('keeps only the vector of a parked view, until the view is further on', async () => {
    const states = redisStates(client)
    await states.write([view('a', 3)], publish)
    const parked = view('a', 3, { isParked: true })
    expect(await states.write([view('a', 2, { isParked: true })], publish)).toEqual(['notNewer'])
    const messages = await published(async () => {
      expect(await states.write([parked], publish)).toEqual(['written'])
      expect(await states.write([parked], publish)).toEqual(['notNewer'])
      // What a reader has read before the view was parked.
      expect(await states.write([view('a', 3)], { publish: false })).toEqual(['notNewer'])
      expect(await states.read([ref('a')])).toEqual([undefined])
      expect(await states.write([view('a', 4)], publish)).toEqual(['written'])
    })
    expect(messages).toHaveLength(1)
    expect(await states.read([ref('a')])).toEqual([view('a', 4)])
  })

  it('has a deleted view, too, which is not one that was never cached', async () => {
    const states = redisStates(client)
    await states.write([view('a', 1, { data: null })], publish)
    expect(await states.read([ref('a'), ref('b')])).toEqual([view('a', 1, { data: null }), undefined])
  })

  it('keeps generations apart', async () => {
    const states = redisStates(client)
    await states.write(
      [view('a', 9), view('a', 1, { generation: 'i2.1' }), view('a', 1, { generation: 'i1.2' })],
      publish,
    )
    const found = await states.read([
      ref('a'),
      { ...ref('a'), generation: 'i2.1' },
      { ...ref('a'), generation: 'i1.2' },
    ])
    expect(found.map((state) => state?.vector)).toEqual([at(9), at(1), at(1)])
  })

  it('keeps environments apart, in keys and in channels', async () => {
    const states = redisStates(client)
    const messages = await published(() => states.write([view('a', 1), view('a', 9, { environment: 'prod' })], publish))
    expect(messages.map(([channel]) => channel)).toEqual(['tidemark:view:overview:a', 'tidemark:prod:view:overview:a'])
    const found = await states.read([
      ref('a'),
      { ...ref('a'), environment: 'prod' },
      { ...ref('a'), environment: 'test' },
    ])
    expect(found).toEqual([view('a', 1), view('a', 9, { environment: 'prod' }), undefined])
  })

  it('gives each entry its time to live with the write', async () => {
    await redisStates(client, { ttl: HOUR }).write([view('a', 1)], publish)
    const left = Number(await client.sendCommand(['PTTL', entryOf('a')]))
    expect(left).toBeGreaterThan(HOUR - 60_000)
    expect(left).toBeLessThanOrEqual(HOUR)
    await redisStates(client).write([view('a', 2)], publish)
    expect(Number(await client.sendCommand(['PTTL', entryOf('a')]))).toBeGreaterThan(23 * HOUR)
  })

  it('reads nothing from an entry that something else has damaged, and replaces it', async () => {
    const states = redisStates(client)
    await client.sendCommand(['HSET', entryOf('a'), 'v', 'damaged', 's', '{"projection":"overview","ver'])
    expect(await states.read([ref('a')])).toEqual([undefined])
    expect(await states.write([view('a', 1)], publish)).toEqual(['written'])
    expect(await states.read([ref('a')])).toEqual([view('a', 1)])
  })

  it('refuses one state alone if its key holds other data', async () => {
    const states = redisStates(client)
    await client.sendCommand(['SET', entryOf('a'), 'of somebody else'])
    const [refused, written] = await states.write([view('a', 1), view('b', 1)], publish)
    expect(String(refused)).toMatch(/WRONGTYPE/)
    expect(written).toBe('written')
    expect(await client.sendCommand(['GET', entryOf('a')])).toBe('of somebody else')
  })

  it('sends the script again to a server that does not have it', async () => {
    const states = redisStates(client)
    await states.write([view('a', 1)], publish)
    await client.sendCommand(['SCRIPT', 'FLUSH'])
    expect(await states.write([view('a', 2), view('b', 1)], publish)).toEqual(['written', 'written'])
  })

  it('writes on a node of a cluster', async () => {
    await using node = await startRedis(program ?? '', ['--cluster-enabled', 'yes'])
    const one = await connectRedis(node)
    try {
      await one.sendCommand(['CLUSTER', 'ADDSLOTSRANGE', '0', '16383'])
      while (!String(await one.sendCommand(['CLUSTER', 'INFO'])).includes('cluster_state:ok')) {
        await new Promise((resolve) => setTimeout(resolve, 20))
      }
      const states = redisStates(one)
      const keys = Array.from({ length: 20 }, (_, i) => `meter:${i}{x}`)
      expect(
        await states.write(
          keys.map((key) => view(key, 1)),
          publish,
        ),
      ).toEqual(keys.map(() => 'written'))
      expect(await states.read(keys.map(ref))).toEqual(keys.map((key) => view(key, 1)))
    } finally {
      one.destroy()
    }
  })

  it('fails to write while the server is away, reads nothing, and goes on when it is back', async () => {
    await using other = await startRedis(program ?? '')
    const away = await connectRedis(other)
    try {
      const clock = manualClock()
      const states = redisStates(away, { clock })
      await states.write([view('a', 1)], publish)
      await other.stop()
      await expect(states.write([view('a', 2)], publish)).rejects.toThrow()
      expect(await states.read([ref('a')])).toEqual([undefined])
      await other.start()
      await reconnected(away)
      expect(await states.write([view('a', 3)], publish)).toEqual(['written'])
      expect(await states.read([ref('a')])).toEqual([view('a', 3)])
    } finally {
      away.destroy()
    }
  })

  it('refuses a time to live that is none', () => {
    expect(() => redisStates(client, { ttl: 0 })).toThrow(/ttl/)
    expect(() => redisStates(client, { ttl: 1.5 })).toThrow(/ttl/)
  })
})

function ref(key: string) {
  return { projection: 'overview', generation: 'i1.1', key }
}
