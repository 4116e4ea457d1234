import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { redisCache } from '../../../../src/connectors/redis/index.ts'
import type { RedisClientLike } from '../../../../src/connectors/redis/redis-client.ts'
import { createPayloads } from '../../../../src/privacy/payloads/create-payloads.ts'
import { ownerPrefix } from '../../../../src/privacy/payloads/object-key.ts'
import { manualClock } from '../../../../src/testing/manual-clock.ts'
import { givenPayload, referenceTo } from '../../../support/payloads/given.ts'
import { memoryPayloads } from '../../../support/payloads/memory-payloads.ts'
import {
  connectRedis,
  findRedis,
  reconnected,
  startRedis,
  type TestRedis,
  type TestRedisClient,
} from '../../../support/servers/redis.ts'

const program = findRedis()
const HOUR = 3_600_000
const page = Array.from({ length: 100 }, (_, n) => givenPayload(n % 2 ? 'ann' : 'bob', n))
const references = page.map((payload) => referenceTo(payload))
const contents = page.map(({ content }) => content)

/** A client that counts round trips: commands that are sent in one turn of the event loop are one. */
function counting(client: TestRedisClient) {
  const commands: string[] = []
  let trips = 0
  let inTurn = false
  const counted: RedisClientLike = {
    get isReady() {
      return client.isReady
    },
    sendCommand(args, options) {
      commands.push(String(args[0]))
      if (!inTurn) {
        trips++
        inTurn = true
        setImmediate(() => {
          inTurn = false
        })
      }
      return client.sendCommand(args, options)
    },
  }
  return { client: counted, commands, trips: () => trips }
}

describe.skipIf(program === undefined)('a cache in Redis', { timeout: 60_000 }, () => {
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

  const givenService = (cached: RedisClientLike = client) => {
    const store = memoryPayloads()
    const cache = redisCache(cached, { ttl: HOUR })
    const open = () => createPayloads({ rules: [{ name: 'all', store }], cache })
    return { store, cache, payloads: open(), open }
  }
  const reads = ({ calls }: { readonly calls: readonly string[] }) =>
    calls.filter((call) => call.startsWith('get')).length
  const bytesOf = (found: readonly Uint8Array[]) => found.map((bytes) => Buffer.from(bytes))

  it('costs one round trip for a page, and the store no request', async () => {
    const counted = counting(client)
    const { store, payloads } = givenService(counted.client)
    await payloads.put(page)
    expect(counted.trips()).toBe(1)
    expect(bytesOf(await payloads.fetch(references))).toEqual(contents)
    expect(counted.commands.filter((command) => command === 'MGET')).toHaveLength(1)
    expect(counted.trips()).toBe(2)
    expect(reads(store)).toBe(0)
  })

  it('costs one read of the store once an entry has expired, and has it again then', async () => {
    const { store, payloads } = givenService()
    await payloads.put(page)
    await client.sendCommand(['PEXPIRE', `tidemark:${page[0]?.key}`, '0'])
    await payloads.fetch(references)
    expect(reads(store)).toBe(1)
    await payloads.fetch(references)
    expect(reads(store)).toBe(1)
  })

  it('has the bytes as they are, whatever they are', async () => {
    const { cache } = givenService()
    const bytes = Uint8Array.from({ length: 256 }, (_, i) => i)
    await cache.set([['a', bytes.subarray(3)]])
    expect(Buffer.from((await cache.getMany(['a', 'b'])).get('a') ?? []).equals(bytes.subarray(3))).toBe(true)
  })

  // A process that dies between two commands would leave an entry that never expires.
  it('writes an entry and its time to live in one command', async () => {
    const counted = counting(client)
    await redisCache(counted.client, { ttl: HOUR }).set([['a', Buffer.from('x')]])
    expect(counted.commands).toEqual(['SET'])
    const left = Number(await client.sendCommand(['PTTL', 'tidemark:a']))
    expect(left).toBeGreaterThan(HOUR - 60_000)
    expect(left).toBeLessThanOrEqual(HOUR)
  })

  it('does not take back what a read that began before the removal has read, in another process', async () => {
    const { store, payloads, open } = givenService()
    await payloads.put(page)
    await client.sendCommand(['FLUSHALL'])
    const read = Promise.withResolvers<void>()
    const resume = Promise.withResolvers<void>()
    store.afterRead = () => {
      read.resolve()
      return resume.promise
    }
    const reading = open().fetch(references.filter(({ key }) => key.startsWith('ann/')))
    await read.promise
    await payloads.forget('ann')
    resume.resolve()
    await reading.catch(() => {})
    const { cache } = givenService()
    expect((await cache.getMany(page.map(({ key }) => key))).size).toBe(0)
  })

  it('removes the entries of one owner, also thousands of them, and those of no other', async () => {
    // What a pattern gives a meaning to: `k[ab]` would match the keys of the other prefix.
    const cache = redisCache(client, { ttl: HOUR, prefix: 'k[ab]*' })
    const other = redisCache(client, { ttl: HOUR, prefix: 'ka' })
    const keys = (owner: string) => Array.from({ length: 2_500 }, (_, i) => `${ownerPrefix(owner)}s/${i}/f`)
    const all = [...keys('a*'), ...keys('ab')]
    await cache.set(all.map((key) => [key, Buffer.from(key)] as const))
    await other.set([[all[0] ?? '', Buffer.from('x')]])
    await cache.removeAll(ownerPrefix('a*'))
    expect([...(await cache.getMany(all)).keys()]).toEqual(keys('ab'))
    expect((await other.getMany(all)).size).toBe(1)
    await cache.remove(keys('ab').slice(0, 2))
    expect((await cache.getMany(all)).size).toBe(2_498)
  })

  it('is correct, though slower, after it lost everything', async () => {
    const { store, payloads } = givenService()
    await payloads.put(page)
    await client.sendCommand(['FLUSHALL'])
    expect(bytesOf(await payloads.fetch(references))).toEqual(contents)
    expect(reads(store)).toBe(100)
    await payloads.fetch(references)
    expect(reads(store)).toBe(100)
  })

  it('is correct while the server is down, fails only to remove, and fills again when it is back', async () => {
    const clock = manualClock()
    const store = memoryPayloads()
    const cache = redisCache(client, { ttl: HOUR, clock })
    const payloads = createPayloads({ rules: [{ name: 'all', store }], cache })
    await redis.stop()
    while (client.isReady) await new Promise(setImmediate)
    await payloads.put(page)
    expect(bytesOf(await payloads.fetch(references))).toEqual(contents)
    expect(bytesOf(await payloads.fetch(references))).toEqual(contents)
    await expect(cache.removeAll('ann/')).rejects.toThrow(expect.objectContaining({ code: 'PayloadStoreFailed' }))
    await redis.start()
    await reconnected(client)
    clock.advance(30_000)
    store.calls.length = 0
    await payloads.fetch(references)
    await payloads.fetch(references)
    expect(reads(store)).toBe(100)
  })

  it('has nothing for a server that hangs, after the time limit; and leaves it alone after three', async () => {
    const clock = manualClock()
    let sent = 0
    const hanging: RedisClientLike = {
      isReady: true,
      sendCommand() {
        sent++
        return new Promise(() => {})
      },
    }
    const cache = redisCache(hanging, { ttl: HOUR, timeLimit: 50, clock })
    for (let i = 0; i < 5; i++) {
      const getting = cache.getMany(['a'])
      while (clock.sleeping === 0 && i < 3) await new Promise(setImmediate)
      clock.advance(50)
      expect((await getting).size).toBe(0)
    }
    expect(sent).toBe(3)
  })

  it('leaves no byte of a removed entry in the files of the server, once it has rewritten them', async () => {
    const { cache } = givenService()
    await cache.set([['a', Buffer.from('SEALED-BYTES')]])
    await cache.remove(['a'])
    await client.sendCommand(['BGREWRITEAOF'])
    const isRewriting = async () => String(await client.sendCommand(['INFO', 'persistence'])).includes('in_progress:1')
    do await new Promise((resolve) => setTimeout(resolve, 50))
    while (await isRewriting())
    const files = await readdir(redis.folder, { recursive: true, withFileTypes: true })
    const texts = await Promise.all(
      files.filter((file) => file.isFile()).map((file) => readFile(join(file.parentPath, file.name), 'latin1')),
    )
    expect(texts.join('')).toContain('tidemark:a')
    expect(texts.join('')).not.toContain('SEALED-BYTES')
  })

  it.each([0, -1, 1.5, Number.NaN])('refuses a time to live of %d', (ttl) => {
    expect(() => redisCache(client, { ttl })).toThrow(expect.objectContaining({ code: 'InvalidOption' }))
  })
})
