import { describe, expect, it } from 'vitest'
import { cachedViews, redisStates, viewSink } from '../../../../src/connectors/redis/index.ts'
import { systemClock } from '../../../../src/core/clock.ts'
import { startProcessor } from '../../../../src/processor/processor.ts'
import { openMemory } from '../../../../src/testing/memory/index.ts'
import { withViews } from '../../../../src/views/with-views.ts'
import { until, untilCaughtUp } from '../../../support/projecting/until.ts'
import { connectRedis, findRedis, reconnected, startRedis } from '../../../support/servers/redis.ts'
import { append, hurriedClock, perStream } from '../../processor/support.ts'

const program = findRedis()

describe.skipIf(program === undefined)('a sink of views into Redis', { timeout: 60_000 }, () => {
  it('loses no state and parks nothing when the server is killed twice in the middle, and readers never notice', async () => {
    await using redis = await startRedis(program ?? '')
    const [client, subscriber] = [await connectRedis(redis), await connectRedis(redis)]
    await using port = withViews(openMemory({ ranges: 3 }))
    const published = new Map<string, number[]>()
    await subscriber.pSubscribe('test:view:per-stream:*', (message) => {
      const { key, data } = JSON.parse(message)
      published.set(key, [...(published.get(key) ?? []), data.order.length])
    })
    const cache = redisStates(client, { prefix: 'test:', clock: hurriedClock })
    const sink = viewSink('per-stream-in-redis', { projection: perStream, storage: port, cache, clock: hurriedClock })
    const settings = { pollInterval: 20, renewInterval: 50, leaseDuration: 1_000, clock: hurriedClock }
    await using processor = await startProcessor(port, [perStream, sink], settings)
    await until('the sink has begun', async () => (await processor.status()).ranges.length === 6)
    const views = cachedViews(port, cache)
    const folded = async (key: string) => (await views.get(perStream, key))?.order.length ?? 0
    for (let i = 0; i < 300; i++) {
      await append(port, `s:${i % 10}`, [1])
      if (i === 100 || i === 200) await redis.stop()
      if (i === 150 || i === 250) await redis.start()
      if (i % 10 === 9) {
        // Never ahead of the log, whether it comes from Redis or not.
        const found = await folded(`s:${i % 10}`)
        expect(found).toBeLessThanOrEqual(Math.ceil((i + 1) / 10))
        await systemClock.sleep(5)
      }
    }
    await reconnected(client)
    await untilCaughtUp(port, [perStream, sink])
    const keys = Array.from({ length: 10 }, (_, i) => `s:${i}`)
    await until('every last state is in Redis', async () =>
      (await Promise.all(keys.map(folded))).every((n) => n === 30),
    )
    // From Redis, not from the storage.
    const entries = await client.sendCommand(['KEYS', 'test:state:*'])
    expect(entries).toHaveLength(10)
    expect((await processor.status()).ranges.map(({ parked }) => parked)).toEqual([0, 0, 0, 0, 0, 0])
    for (const sizes of published.values()) expect(sizes).toEqual([...new Set(sizes)].sort((a, b) => a - b))
    client.destroy()
    subscriber.destroy()
  })
})
