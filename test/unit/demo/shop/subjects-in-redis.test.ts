import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import subjectsInRedis, { close } from '../../../../src/demo/shop/cache/subjects-in-redis.ts'
import {
  connectRedis,
  findRedis,
  reconnected,
  startRedis,
  type TestRedis,
  type TestRedisClient,
} from '../../../support/servers/redis.ts'
import { shopInMemory } from './support.ts'

const program = findRedis('WHAT THE SHOP WRITES TO REDIS WAS NOT TESTED')

describe.skipIf(program === undefined)('the last state of a subject in Redis', () => {
  let server: TestRedis
  let client: TestRedisClient
  beforeAll(async () => {
    server = await startRedis(program as string)
    client = await connectRedis(server)
    process.env.REDIS_URL = `redis://127.0.0.1:${server.port}`
  })
  afterEach(() => close())
  afterAll(async () => {
    client?.destroy()
    await server?.[Symbol.asyncDispose]()
  })

  const stateOf = async (user: string) => JSON.parse((await client.get(`subject:user:${user}`)) ?? '{}')
  const add = (user: string, product: string) => ({ type: 'product_added', user_id: user, product_id: product })

  it('is written and published with each change, and never an older one', async () => {
    const subscriber = await connectRedis(server)
    try {
      const published: { version: number }[] = []
      await subscriber.subscribe('subject:user:1', (message) => void published.push(JSON.parse(message)))
      const { post, get } = await shopInMemory(subjectsInRedis)
      for (const product of ['a', 'b', 'c']) {
        const { position } = await post(add('1', product))
        const { body } = await get('/subjects/user:1', position)
        await expect.poll(() => stateOf('1'), { timeout: 10_000 }).toMatchObject(body)
      }
      const last = await stateOf('1')
      await expect.poll(() => published.at(-1), { timeout: 10_000 }).toEqual(last)
      const versions = published.map(({ version }) => version)
      expect(versions).toEqual([...new Set(versions)].toSorted((a, b) => a - b))
    } finally {
      subscriber.destroy()
    }
  })

  it('is that of the log in use, whatever an earlier log left there', async () => {
    await client.set('subject:user:2', JSON.stringify({ id: 'user:2', version: 1_000, incarnation: 'another' }))
    const { post } = await shopInMemory(subjectsInRedis)
    await post(add('2', 'a'))
    await expect
      .poll(() => stateOf('2'), { timeout: 10_000 })
      .toMatchObject({ properties: { last_product_added: 'a' } })
  })

  it('comes once Redis is back, and rules do not wait for it', { timeout: 60_000 }, async () => {
    const { post, get } = await shopInMemory(subjectsInRedis)
    await server.stop()
    const { position } = await post(add('3', 'a'))
    expect((await get('/subjects/user:3', position)).body.properties).toEqual({ last_product_added: 'a' })
    await server.start()
    await reconnected(client)
    await expect
      .poll(() => stateOf('3'), { timeout: 30_000 })
      .toMatchObject({ properties: { last_product_added: 'a' } })
  })
})
