import { createClient } from '@redis/client'
import { z } from 'zod'
import { openEmbedded } from '../../../src/embedded.ts'
import { startProcessor } from '../../../src/index.ts'
import { defineConsumer, defineContract, producer } from '../../../src/messaging/index.ts'
import { interleave, seconds } from '../../support/interleave.ts'
import { against, type Measure, row } from '../../support/measure.ts'
import { findRedis, startRedis } from '../../support/servers/redis.ts'
import { ratioOf, summarise } from '../../support/statistics.ts'

const KEYS = 500
const READERS = 4
const BATCH = 100
const SENDERS = 64

const readings = defineContract('bench.readings', {
  ops: { taken: { meter: z.string(), value: z.number() } },
  stream: ({ meter }) => `reading:${meter}`,
})
const callOf = (n: number) => ({ meter: `${87_000_000 + (n % KEYS)}`, value: n })

/**
 * A group that handles calls by doing nothing, from the first one on, each round under a new name: beside a group of a
 * stream in Redis, whose readers acknowledge each batch. Tidemark keeps the order of each key, and stores which calls
 * were handled; Redis hands any call to any reader.
 */
export const groups: Measure = {
  id: 'groups',
  title: 'groups of consumers',

  async run({ folder, quick, repetitions, until, progress }) {
    const program = findRedis('groups DID NOT RUN')
    if (program === undefined) return []
    const count = quick ? 4_000 : 40_000
    await using storage = await openEmbedded(folder, { ranges: READERS })
    await using server = await startRedis(program)
    const client = await connectTo(server.port)
    try {
      progress(`sending ${count.toLocaleString('en-US')} calls to each`)
      const send = producer(storage, readings)
      let next = 0
      const sender = async () => {
        while (next < count) await send.taken(callOf(next++))
      }
      await Promise.all(Array.from({ length: SENDERS }, sender))
      for (let n = 0; n < count; n += BATCH) {
        const calls = Array.from({ length: BATCH }, (_, i) => [
          'XADD',
          'calls',
          '*',
          'call',
          JSON.stringify(callOf(n + i)),
        ])
        await Promise.all(calls.map((call) => client.sendCommand(call)))
      }

      const rates = await interleave(
        repetitions,
        {
          async tidemark(round) {
            const handled = Promise.withResolvers<void>()
            let left = count
            const taken = () => {
              if (--left === 0) handled.resolve()
            }
            const consumer = defineConsumer(readings, { group: `round-${round}`, from: 'start', on: { taken } })
            const time = await seconds(async () => {
              await using _running = await startProcessor(storage, [consumer], { onError: console.error })
              await handled.promise
            })
            return count / time
          },
          async redis(round) {
            await client.sendCommand(['XGROUP', 'CREATE', 'calls', `round-${round}`, '0'])
            const time = await seconds(() => readGroup(server.port, `round-${round}`, count))
            return count / time
          },
        },
        until,
      )
      const peer = `XREADGROUP by ${READERS} readers and XACK of each batch; every write is appended to a file`
      return [
        against(
          peer,
          row('groups', 'calls handled by one process: to Redis', ratioOf(rates.tidemark, rates.redis), 'x'),
        ),
        row('groups-rate', 'calls handled by one process, a second', summarise(rates.tidemark), '/s'),
        row('groups-redis-rate', 'the same in Redis', summarise(rates.redis), '/s'),
      ]
    } finally {
      client.destroy()
    }
  },
}

async function connectTo(port: number) {
  const client = createClient({ socket: { host: '127.0.0.1', port } })
  client.on('error', () => {})
  await client.connect()
  return client
}

/** Reads and acknowledges everything, with several readers that share the work. */
async function readGroup(port: number, group: string, count: number): Promise<void> {
  let read = 0
  const reader = async (name: string) => {
    const client = await connectTo(port)
    try {
      for (;;) {
        const reply = await client.sendCommand([
          'XREADGROUP',
          'GROUP',
          group,
          name,
          'COUNT',
          String(BATCH),
          'STREAMS',
          'calls',
          '>',
        ])
        const ids = idsIn(reply)
        if (ids.length === 0) return
        await client.sendCommand(['XACK', 'calls', group, ...ids])
        read += ids.length
      }
    } finally {
      client.destroy()
    }
  }
  await Promise.all(Array.from({ length: READERS }, (_, i) => reader(`reader-${i}`)))
  if (read !== count) throw new Error(`The group has read ${read} calls of ${count}`)
}

type Entry = readonly [id: string, fields: readonly string[]]

// A list of streams with their entries, or a map of them, by the version of the protocol; null if there is none.
function idsIn(reply: unknown): string[] {
  const entries = Array.isArray(reply)
    ? (reply as [string, Entry[]][])[0]?.[1]
    : Object.values(Object(reply) as Record<string, Entry[]>)[0]
  // Parsed, as a reader would.
  return (entries ?? []).map(([id, fields]) => {
    JSON.parse(fields[1] ?? '')
    return id
  })
}
