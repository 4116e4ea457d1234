import type { FastifyBaseLogger } from 'fastify'
import { afterEach } from 'vitest'
import customers from '../../../projections/customers.ts'
import dailyTotals from '../../../projections/daily-totals-by-week.ts'
import meterOverview from '../../../projections/meter-overview.ts'
import totalActivated from '../../../projections/total-activated-meters.ts'
import type { Clock } from '../../../src/core/clock.ts'
import { build } from '../../../src/demo/api/build.ts'
import { openVault, withVault } from '../../../src/privacy/index.ts'
import { startProcessor } from '../../../src/processor/processor.ts'
import type { Projection } from '../../../src/projections/projection.ts'
import { openMemory } from '../../../src/testing/memory/index.ts'
import { withViews } from '../../../src/views/with-views.ts'
import { memoryPayloads } from '../../support/payloads/memory-payloads.ts'
import { testMaster } from '../privacy/support/vaults.ts'

/** The demo's time in tests, on a Friday of week 47. */
export const NOW = Date.UTC(2026, 10, 20, 12)

/** A clock whose time the test sets and whose sleeps are real. */
export function clockAt(now: number): Clock & { set(now: number): void } {
  let time = now
  return {
    now: () => time,
    set: (other) => {
      time = other
    },
    sleep: (milliseconds, signal) =>
      new Promise((resolve) => {
        const timer = setTimeout(resolve, Math.min(milliseconds, 2 ** 31 - 1))
        signal?.addEventListener('abort', () => {
          clearTimeout(timer)
          resolve()
        })
      }),
  }
}

type Reply = {
  readonly status: number
  readonly headers: Readonly<Record<string, unknown>>
  // biome-ignore lint/suspicious/noExplicitAny: a test looks into answers of any shape
  readonly body: any
  readonly raw: Buffer
  readonly position: string
}

const opened: (() => Promise<unknown>)[] = []
afterEach(async () => {
  for (const close of opened.splice(0).reverse()) await close()
})

/** The API over a storage in memory, with the projections at work unless the test leaves them out. */
export async function openDemo({
  projecting = true,
  viewTimeout = 5_000,
  now = NOW,
  allowedHosts = [] as readonly string[],
  hasVault = true,
  logger = undefined as FastifyBaseLogger | undefined,
} = {}) {
  const clock = clockAt(now)
  const memory = withViews(openMemory({ ranges: 4, clock }))
  opened.push(() => memory.close())
  const payloads = memoryPayloads()
  const vault = hasVault
    ? await openVault({
        keys: memory,
        master: testMaster(),
        keyCache: { ttl: 0 },
        margin: 0,
        payloads: [{ name: 'contracts', store: payloads }],
        clock,
      })
    : undefined
  const storage = vault ? withVault(memory, vault, { clock }) : memory
  const access = { host: '127.0.0.1', allowedHosts }
  const api = await build({ storage, vault, clock, viewTimeout, access, ...(logger && { logger }) })
  opened.push(() => api.close())
  const projections = [customers, dailyTotals, meterOverview, totalActivated] as readonly Projection[]
  if (projecting) {
    const processor = await startProcessor(storage, projections)
    opened.push(() => processor.stop())
  }

  async function send(
    method: 'GET' | 'HEAD' | 'POST' | 'DELETE' | 'PUT',
    url: string,
    body?: unknown,
    headers: Record<string, string> = {},
  ): Promise<Reply> {
    const answer = await api.inject({
      method,
      url,
      headers: { ...(method !== 'GET' && { 'content-type': 'application/json' }), ...headers },
      ...(body !== undefined && {
        payload: typeof body === 'string' || Buffer.isBuffer(body) ? body : JSON.stringify(body),
      }),
    })
    const json = String(answer.headers['content-type'] ?? '').includes('json')
    return {
      status: answer.statusCode,
      headers: answer.headers,
      body: json && answer.body !== '' ? answer.json() : answer.body,
      raw: answer.rawPayload,
      position: String(answer.headers['tidemark-position']),
    }
  }
  const get = (url: string, headers?: Record<string, string>) => send('GET', url, undefined, headers)
  const post = (url: string, body?: unknown, headers?: Record<string, string>) => send('POST', url, body, headers)

  return {
    api,
    storage,
    vault,
    payloads,
    clock,
    send,
    get,
    post,
    register: (meterId: string, more: object = {}) => post('/meters', { ...registration(meterId), ...more }),
    activate: (meterId: string, headers?: Record<string, string>) =>
      post(`/meters/${meterId}/activation`, { activationCode: '542-484' }, headers),
    /** A meter that takes readings. */
    async activeMeter(meterId: string, more: object = {}) {
      await post('/meters', { ...registration(meterId), ...more })
      return post(`/meters/${meterId}/activation`, { activationCode: '542-484' })
    },
    /** How many events the whole log holds: what is refused must not change it. */
    async countEvents() {
      let count = 0
      for await (const _ of storage.events.query({})) count++
      return count
    },
  }
}

export const registration = (meterId: string) => ({
  meterId,
  postalCode: '1012 AB',
  houseNumber: '7',
  activationCode: '542-484',
})

/** A body of readings: one an hour from midnight, or what the test gives. */
export const readingsOf = (date: string, values: readonly number[] = [0.25, 0.5]) => ({
  date,
  readings: values.map((value, hour) => ({ timestamp: `${date}T${String(hour).padStart(2, '0')}:00:00Z`, value })),
})
