import { describe, expect, it } from 'vitest'
import { freePort } from '../../../../../bench/support/free-port.ts'
import { openPayloadCache } from '../../../../../src/open/vault/opening/open-payload-cache.ts'
import { findRedis, startRedis } from '../../../../support/servers/redis.ts'

const program = findRedis()

describe('openPayloadCache', () => {
  it.skipIf(program === undefined)('caches in a Redis server, apart from other logs, and ends its client', async () => {
    await using redis = await startRedis(program ?? '')
    const url = `redis://127.0.0.1:${redis.port}`
    const [one, other] = [await openPayloadCache(url, 60_000, 'log-1'), await openPayloadCache(url, 60_000, 'log-2')]
    await one.cache.set([['a/b/c/d', Buffer.from('sealed')]])
    expect([...(await one.cache.getMany(['a/b/c/d'])).keys()]).toEqual(['a/b/c/d'])
    expect((await other.cache.getMany(['a/b/c/d'])).size).toBe(0)
    for (const { close } of [one, other]) await close()
    expect((await one.cache.getMany(['a/b/c/d'])).size).toBe(0)
  })

  it('does not hold up a start while the server is away, and fails a removal that may leave entries', async () => {
    const { cache, close } = await openPayloadCache(`redis://127.0.0.1:${await freePort()}`, 60_000, 'log-1')
    expect((await cache.getMany(['a/b/c/d'])).size).toBe(0)
    await expect(cache.remove(['a/b/c/d'])).rejects.toMatchObject({ code: 'PayloadStoreFailed' })
    await close()
  })

  it('never repeats a password', async () => {
    const opening = openPayloadCache('redis://:hunter2@[', 60_000, 'log-1')
    await expect(opening).rejects.toMatchObject({ code: 'InvalidConfiguration', setting: 'PAYLOAD_CACHE' })
    await expect(opening).rejects.toThrow(/^(?!.*hunter2)/)
  })
})
