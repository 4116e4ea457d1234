import { request } from 'node:http'
import { text } from 'node:stream/consumers'
import { CosmosClient } from '@azure/cosmos'
import { expect, onTestFinished, test, vi } from 'vitest'
import { type ServerOptions, startCosmosEmulator } from '../../../src/cosmos-emulator/index.ts'
import { signed } from './support/raw-requests.ts'

async function start(options?: ServerOptions) {
  const emulator = await startCosmosEmulator(options)
  onTestFinished(emulator.close)
  const { port } = new URL(emulator.endpoint)
  const send = (headers: Record<string, string>, path = '/dbs') =>
    new Promise<{ status: number | undefined; body: string }>((resolve, reject) => {
      const all = { ...signed({ method: 'GET', path }, emulator.key), ...headers }
      const outgoing = request({ host: '127.0.0.1', port, path, headers: all }, (incoming) => {
        text(incoming).then((body) => resolve({ status: incoming.statusCode, body }), reject)
      })
      outgoing.on('error', reject).end()
    })
  return { emulator, port, send }
}

test('only requests to this machine by its own names are served', async () => {
  const { port, send } = await start()
  for (const host of ['localhost', 'LOCALHOST', '127.0.0.1', '127.9.9.9', '[::1]']) {
    for (const value of [host, `${host}:${port}`])
      expect([value, (await send({ host: value })).status]).toEqual([value, 200])
  }
  const others = [
    'evil.example',
    'localhost.evil.example',
    '127.0.0.1.evil.example',
    '10.0.0.1',
    'a@localhost',
    '[::2]',
  ]
  for (const host of others) {
    for (const value of [host, `${host}:${port}`]) {
      const { status, body } = await send({ host: value })
      expect([value, status, JSON.parse(body).code]).toEqual([value, 403, 'Forbidden'])
      expect(body).toContain('allowedHosts')
    }
  }
})

test('names that are allowed, and the host that was chosen, are served too', async () => {
  const { send } = await start({ allowedHosts: ['Emulator.Internal', '192.168.7.7'] })
  for (const host of ['emulator.internal:8081', 'EMULATOR.internal', '192.168.7.7:1', 'localhost']) {
    expect([host, (await send({ host })).status]).toEqual([host, 200])
  }
  expect((await send({ host: 'other.internal' })).status).toBe(403)
})

test('no request of a web page is served, not even one that is signed', async () => {
  const { port, emulator, send } = await start()
  for (const origin of ['http://evil.example', `http://127.0.0.1:${port}`, 'null', '']) {
    for (const path of ['/dbs', '/', '/_emulator/faults']) {
      expect([origin, path, (await send({ origin }, path)).status]).toEqual([origin, path, 403])
    }
  }
  const client = new CosmosClient({ endpoint: emulator.endpoint, key: emulator.key })
  await client.databases.create({ id: 'd' })
  client.dispose()
})

test('an emulator that others can reach warns of that', async () => {
  const warn = vi.spyOn(process, 'emitWarning').mockImplementation(() => {})
  onTestFinished(() => warn.mockRestore())
  const { emulator, port, send } = await start({ host: '0.0.0.0', allowedHosts: ['db'] })
  expect(warn.mock.calls).toEqual([[expect.stringContaining('listens on 0.0.0.0'), 'TidemarkWarning']])
  expect(emulator.endpoint).toBe(`http://0.0.0.0:${port}/`)
  expect([(await send({ host: 'db:1' })).status, (await send({ host: 'evil.example' })).status]).toEqual([200, 403])
  warn.mockClear()
  await start({ host: 'localhost' })
  await start({ host: '127.0.0.1' })
  expect(warn.mock.calls).toEqual([])
})
