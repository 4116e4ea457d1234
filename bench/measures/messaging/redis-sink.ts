import { createClient } from '@redis/client'
import { type RedisStatesOptions, redisStates } from '../../../src/connectors/redis/index.ts'
import { WRITE_STATE } from '../../../src/connectors/redis/write-state.ts'
import type { ViewState } from '../../../src/messaging/cache/state-cache.ts'
import { versionVector } from '../../../src/messaging/cache/version-vector.ts'
import { interleave, seconds } from '../../support/interleave.ts'
import { against, type Measure, row } from '../../support/measure.ts'
import { findRedis, startRedis } from '../../support/servers/redis.ts'
import { ratioOf, summarise } from '../../support/statistics.ts'

const BATCH = 100
const VIEWS = 1_000

/** States of views of 150 bytes, written and published in batches: to the same script, sent in pipelines by hand. */
export const redisSink: Measure = {
  id: 'redis-sink',
  title: 'states of views into Redis',

  async run({ quick, repetitions, until }) {
    const program = findRedis('redis-sink DID NOT RUN')
    if (program === undefined) return []
    const count = quick ? 5_000 : 30_000
    await using server = await startRedis(program)
    const client = createClient({ socket: { host: '127.0.0.1', port: server.port } })
    client.on('error', () => {})
    await client.connect()
    try {
      await client.sendCommand(['SCRIPT', 'LOAD', WRITE_STATE.text])
      const ttl = 3_600_000
      const settings: RedisStatesOptions = { ttl, prefix: 'sink:' }
      const cache = redisStates(client, settings)
      // Higher at each round, since a state that is not newer is not written.
      let lsn = 0
      const sink = async () => {
        for (let from = 0; from < count; from += BATCH) {
          const states = Array.from({ length: BATCH }, (_, i): ViewState => {
            const tidemark = { min: '', max: 'FF', lsn: ++lsn, hash: '0123456789ABCDEF', version: 1 }
            const place = { projection: 'overview', generation: 'i.1.', key: `meter:${(from + i) % VIEWS}`, version: 1 }
            return { ...place, vector: versionVector([tidemark]), data: dataOf(lsn), isParked: false }
          })
          await cache.write(states, { publish: true })
        }
      }
      const bare = async () => {
        for (let from = 0; from < count; from += BATCH) {
          const scripts = Array.from({ length: BATCH }, (_, i) => {
            const key = `meter:${(from + i) % VIEWS}`
            const vector = `=${(++lsn).toString(16).padStart(14, '0')}0123456789ABCDEF00000000000001`
            const text = JSON.stringify({ key, vector, data: dataOf(lsn) })
            const args = ['1', `bare:${key}`, vector, text, String(ttl), `bare:channel:${key}`]
            return client.sendCommand(['EVALSHA', WRITE_STATE.sha, ...args])
          })
          await Promise.all(scripts)
        }
      }
      const rateOf = async (side: () => Promise<void>) => count / (await seconds(side))
      const rates = await interleave(repetitions, { sink: () => rateOf(sink), bare: () => rateOf(bare) }, until)
      const peer = 'the same script, which also publishes, in pipelines of 100; every write is appended to a file'
      return [
        against(
          peer,
          row('redis-sink', 'to pipelined scripts', ratioOf(rates.sink, rates.bare), 'x', { atLeast: 0.8 }),
        ),
        row('redis-sink-rate', 'states a second', summarise(rates.sink), '/s'),
      ]
    } finally {
      client.destroy()
    }
  },
}

const dataOf = (n: number) => ({
  meterId: `87000001-${n}`,
  postalCode: '1234AB',
  active: n % 2 === 0,
  total: n * 1.5,
  text: 'x'.repeat(60),
})
