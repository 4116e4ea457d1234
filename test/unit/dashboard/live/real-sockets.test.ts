import { once } from 'node:events'
import { createServer, type ServerResponse } from 'node:http'
import { connect } from 'node:net'
import { expect, test } from 'vitest'
import { listen } from '../../../support/http/listen.ts'
import { OPERATOR, serveForTest } from '../server/serving.ts'
import { settled, tableHub } from './table-hub.ts'

// More than the system keeps for a connection by itself.
const LARGE_ROWS = 16
const MEGABYTE = 1024 * 1024
const HELLO = { release: '1', role: 'viewer', everyMs: 1000, series: [] } as const

/** A hub on a port, with a client that reads nothing and one that reads what it is sent. */
async function stalledAndReading() {
  const tables = await tableHub()
  for (let i = 0; i < LARGE_ROWS; i++) tables.table.set(`${i}${'x'.repeat(MEGABYTE)}`, 0)
  const serve = (response: ServerResponse) =>
    tables.hub.serve(response, { topics: ['recent'], session: 'one', lastEventId: undefined, hello: HELLO })
  const server = createServer((_, response) => serve(response))
  const { url, ...listening } = await listen(server)
  const connected = async () => {
    const client = connect(Number(new URL(url).port), '127.0.0.1').on('error', () => {})
    client.write('GET / HTTP/1.1\r\nHost: a\r\n\r\n')
    const [, response] = (await once(server, 'request')) as [unknown, ServerResponse]
    return { client, response }
  }
  const stalled = await connected()
  stalled.client.pause()
  const reading = await connected()
  let received = ''
  reading.client.setEncoding('utf8').on('data', (text) => {
    received = (received + text).slice(-1_000)
  })
  const dispose = async () => {
    tables.hub.close()
    await listening[Symbol.asyncDispose]()
  }
  return { tables, stalled, received: () => received, [Symbol.asyncDispose]: dispose }
}

test('a connection that reads nothing keeps a few messages, delays no other, and is closed', async () => {
  await using all = await stalledAndReading()
  const { tables, stalled, received } = all
  await expect.poll(() => stalled.response.writableLength).toBeGreaterThan(MEGABYTE)
  const kept = stalled.response.writableLength
  for (let i = 1; i <= 20; i++) {
    await tables.set('a', i)
    tables.hub.publish('sample', { t: i, v: [i] })
  }
  expect(stalled.response.writableLength).toBeLessThanOrEqual(kept)
  await expect.poll(received).toContain('"type":"20"')
  const closed = once(stalled.response, 'close')
  for (let beats = 0; beats < 2; beats++) {
    tables.clock.advance(5_000)
    await settled()
  }
  await closed
  await tables.set('a', 21)
  await expect.poll(received).toContain('"type":"21"')
})

test('a stream too many of one session is refused with the reason, and leaves the log alone', async () => {
  await using dashboard = await serveForTest()
  const cookie = await dashboard.signIn(OPERATOR)
  const open = () => dashboard.get('/api/live?topics=alerts', { cookie })
  const streams = await Promise.all(Array.from({ length: 16 }, open))
  expect(streams.map(({ status }) => status)).toEqual(streams.map(() => 200))
  const refused = await open()
  expect([refused.status, refused.headers.get('retry-after')]).toEqual([503, '1'])
  expect(await refused.json()).toMatchObject({
    code: 'EventStreamRefused',
    detail: 'All 16 event streams are in use: retry later',
  })
  expect(dashboard.errors).toEqual([])
  for (const { body } of streams) await body?.cancel()
})
