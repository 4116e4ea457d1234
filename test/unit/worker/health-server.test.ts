import { afterEach, expect, it, vi } from 'vitest'
import { closeServer, listen } from '../../../src/process/listen.ts'
import type { RangeState } from '../../../src/processor/status/range-state.ts'
import type { ProcessorStatus, RangeStatus } from '../../../src/processor/status/status.ts'
import type { ChainReport } from '../../../src/worker/chain-report.ts'
import { createHealthServer, type HealthServerOptions } from '../../../src/worker/http/health-server.ts'
import { sendRaw, statusesOf } from '../../support/raw-http.ts'
import { silent } from '../processor/support.ts'

const range = (state: RangeState, more: Partial<RangeStatus> = {}): RangeStatus => ({
  projection: 'overview',
  version: 1,
  range: { min: '', max: 'FF' },
  state,
  owner: state === 'unowned' ? null : 'w',
  unownedSince: null,
  pausedSince: null,
  waitingSince: null,
  leaseExpires: null,
  position: 7,
  behind: 0,
  oldest: null,
  oldestAge: null,
  parked: 0,
  moreParked: false,
  parkedSince: null,
  folded: 7,
  rate: 0,
  progressAt: null,
  failing: null,
  error: state === 'stalled' ? { code: 'HandlerFailed', message: 'no', at: '2026-01-01T00:00:00.000Z' } : null,
  ...more,
})

const processor = (ranges: readonly RangeStatus[], more: Partial<ProcessorStatus> = {}): ProcessorStatus => ({
  at: '2026-01-01T00:00:00.000Z',
  workerId: 'w',
  running: true,
  standby: false,
  workers: [{ id: 'w', renewedAt: null, ...silent() }],
  leases: null,
  leasesReadAt: null,
  unownedAfter: 30_000,
  ranges,
  ...more,
})

const closing: (() => Promise<void>)[] = []
afterEach(async () => {
  for (const close of closing.splice(0)) await close()
})

async function serve(status: () => Promise<ProcessorStatus>, options: HealthServerOptions = {}): Promise<string> {
  const server = createHealthServer(status, options)
  closing.push(() => closeServer(server))
  return listen(server, { host: '127.0.0.1', port: 0 }, 'WORKER_PORT')
}

it('is well as long as no range is stalled', async () => {
  const status = processor([range('idle'), range('working'), range('stalled', { owner: 'another' })])
  const url = await serve(async () => status)
  const health = await fetch(`${url}/health`)
  expect([health.status, await health.json()]).toEqual([200, { status: 'ok' }])
  expect(await (await fetch(`${url}/status`)).json()).toEqual(status)
  expect((await fetch(`${url}/elsewhere`)).status).toBe(404)
  expect((await fetch(`${url}/health`, { method: 'POST' })).status).toBe(404)
})

it('shows what was measured, if it is told how, and asks the processor nothing', async () => {
  const asked = vi.fn(async () => processor([]))
  const url = await serve(asked, { scrape: async () => 'a 1\n' })
  const response = await fetch(`${url}/metrics`)
  expect([response.status, await response.text()]).toEqual([200, 'a 1\n'])
  expect(response.headers.get('content-type')).toBe('text/plain; version=0.0.4; charset=utf-8')
  expect(asked).not.toHaveBeenCalled()
  const broken = await serve(asked, { scrape: () => Promise.reject(new Error('secret')) })
  const failed = await fetch(`${broken}/metrics`)
  expect([failed.status, await failed.text()]).toEqual([500, 'The metrics cannot be collected\n'])
  const without = await fetch(`${await serve(asked)}/metrics`)
  expect([without.status, await without.json()]).toMatchObject([404, { code: 'NotFound' }])
})

it('is not well when a range of its own is stalled, and says which, or when it cannot tell', async () => {
  const url = await serve(async () => processor([range('idle'), range('stalled')]))
  const health = await fetch(`${url}/health`)
  expect([health.status, await health.json()]).toEqual([503, { status: 'stalled', ranges: [range('stalled')] }])
  expect((await fetch(`${url}/status`)).status).toBe(200)
  const waiting = [
    range('waiting', { waitingSince: '2026-01-01T00:00:00.000Z' }),
    range('waiting', { owner: 'another' }),
  ]
  const red = await fetch(`${await serve(async () => processor(waiting))}/health`)
  expect([red.status, await red.json()]).toEqual([503, { status: 'waiting', ranges: waiting.slice(0, 1) }])
  const broken = await serve(() => Promise.reject(new Error('gone')))
  expect((await fetch(`${broken}/health`)).status).toBe(503)
})

it('is not well when a range is nobody’s for too long, or when it has stopped', async () => {
  const ago = (milliseconds: number) => new Date(Date.now() - milliseconds).toISOString()
  let now = processor([range('idle'), range('unowned', { unownedSince: ago(10_000) })])
  const url = await serve(async () => now)
  expect((await fetch(`${url}/health`)).status).toBe(200)
  now = processor([range('idle'), range('unowned', { unownedSince: ago(31_000) })])
  const health = await fetch(`${url}/health`)
  expect([health.status, await health.json()]).toMatchObject([503, { status: 'unowned', ranges: [{ owner: null }] }])
  now = processor([range('idle')], { running: false })
  expect((await fetch(`${url}/health`)).status).toBe(503)
})

it('is ready when every range is somebody’s and the leases can be looked at', async () => {
  let now = processor([])
  const url = await serve(async () => now)
  const ready = async () => (await fetch(`${url}/ready`)).status
  expect(await ready()).toBe(503)
  now = processor([range('idle'), range('unowned')])
  expect(await ready()).toBe(503)
  now = processor([range('idle'), range('working', { owner: 'another' })])
  expect(await ready()).toBe(200)
  now = processor([range('idle')], { leases: { code: 'StorageUnavailable', message: 'no', at: '' } })
  expect(await ready()).toBe(503)
})

it('names the setting of a port that is in use', async () => {
  const url = await serve(async () => processor([]))
  const port = Number(new URL(url).port)
  const other = createHealthServer(async () => processor([]))
  await expect(listen(other, { host: '127.0.0.1', port }, 'WORKER_PORT')).rejects.toMatchObject({
    code: 'InvalidConfiguration',
    setting: 'WORKER_PORT',
    message: expect.stringContaining('is in use'),
  })
  await expect(listen(other, { host: '192.0.2.1', port: 0 }, 'WORKER_PORT')).rejects.toMatchObject({ setting: 'HOST' })
})

it('answers no page of another site, and says what a browser may do with its answers', async () => {
  const url = await serve(async () => processor([range('idle')]), {
    access: { host: '127.0.0.1', allowedHosts: ['worker.example'] },
  })
  const ask = (headers: string) => sendRaw(url, `GET /status HTTP/1.1\r\nConnection: close\r\n${headers}\r\n\r\n`)
  for (const headers of [
    'Host: evil.example',
    'Host: localhost\r\nOrigin: http://evil.example',
    'Host: localhost\r\nSec-Fetch-Site: cross-site',
  ]) {
    const answer = await ask(headers)
    expect(answer).toMatch(/^HTTP\/1\.1 403 [\s\S]*application\/problem\+json/)
    expect(answer).not.toContain('workerId')
  }
  for (const name of ['localhost', 'worker.example:80']) {
    const answer = await ask(`Host: ${name}`)
    expect(answer).toMatch(/^HTTP\/1\.1 200 /)
    expect(answer).toMatch(/content-security-policy: default-src 'none'[\s\S]*x-content-type-options: nosniff/i)
  }
  expect(statusesOf(await sendRaw(url, 'nonsense\r\n\r\n'))).toEqual([400])
  const one = 'GET /status HTTP/1.1\r\nHost: localhost\r\n\r\n'
  expect(statusesOf(await sendRaw(url, one.repeat(100)))).toEqual([...Array(4).fill(200), 429])
})

it('is not well when what forgetting a person began has been overdue for too long', async () => {
  const vault = {
    people: 3,
    forgotten: 1,
    unfinished: 1,
    overdue: 1,
    epochs: 1,
    lateSince: '2026-01-01T00:00:00.000Z',
    error: null,
  }
  let now = Date.parse(vault.lateSince) + 60_000
  const status = processor([range('idle')])
  const url = await serve(async () => status, { vault: async () => vault, stalledAfter: 60_000, now: () => now })
  expect((await fetch(`${url}/health`)).status).toBe(200)
  expect(await (await fetch(`${url}/status`)).json()).toEqual({ ...status, vault })
  now++
  const health = await fetch(`${url}/health`)
  expect([health.status, await health.json()]).toEqual([503, { status: 'forgetting overdue', vault }])
  expect((await fetch(`${url}/ready`)).status).toBe(200)
})

it('is ready whatever the vault and the chain are, and asks neither', async () => {
  let asked = 0
  const fail = () => {
    asked++
    return Promise.reject(new Error('gone'))
  }
  const url = await serve(async () => processor([range('idle')]), { vault: fail, chain: fail })
  expect([(await fetch(`${url}/ready`)).status, asked]).toEqual([200, 0])
  expect([(await fetch(`${url}/health`)).status, asked]).toEqual([503, 2])
})

it('is not well when the chain is of another log, or contradicts a head, and shows the chain in the status', async () => {
  const chain: ChainReport = {
    origin: 'acme/meters',
    generation: 1,
    restarted: null,
    state: 'ok',
    size: 7,
    events: 70,
    sealedAt: '2026-01-01T00:00:00.000Z',
    signed: 7,
    anchors: [{ name: 'w', state: 'unavailable', size: 3, since: '2025-01-01T00:00:00.000Z', error: 'gone' }],
    error: null,
  }
  let state: ChainReport['state'] = 'ok'
  const url = await serve(async () => processor([range('idle')]), { chain: async () => ({ ...chain, state }) })
  expect(await (await fetch(`${url}/status`)).json()).toMatchObject({ chain })
  const health = async () => {
    const response = await fetch(`${url}/health`)
    return [response.status, ((await response.json()) as { readonly status: string }).status]
  }
  expect(await health()).toEqual([200, 'ok'])
  state = 'unknown'
  expect(await health()).toEqual([200, 'ok'])
  state = 'foreign'
  expect(await health()).toEqual([503, 'chain of another log'])
  state = 'diverged'
  expect(await health()).toEqual([503, 'chain diverged'])
  expect((await fetch(`${url}/ready`)).status).toBe(200)
})

it('is not well when a subscriber has stopped, or has waited for too long, and shows all of them in its status', async () => {
  const messages = { stored: 1, duplicates: 0, gone: 0, deadLettered: 0 }
  const subscriber = (more: object) => ({ name: 'orders', sessions: 0, messages, reconnects: 0, ...more })
  const since = '2026-01-01T00:00:00.000Z'
  let now = Date.parse(since) + 10_000
  let subscribers = [subscriber({ state: 'waiting', since, waitingFor: 'bus', error: 'DestinationUnavailable' })]
  const options = { subscribers: () => subscribers as never, waitingAfter: 60_000, now: () => now }
  const url = await serve(async () => processor([range('idle')]), options)
  expect((await fetch(`${url}/health`)).status).toBe(200)
  expect(await (await fetch(`${url}/status`)).json()).toMatchObject({ running: true, subscribers })
  now += 60_000
  const late = await fetch(`${url}/health`)
  expect([late.status, await late.json()]).toEqual([503, { status: 'subscribers waiting', subscribers }])
  subscribers = [subscriber({ state: 'receiving' })]
  expect((await fetch(`${url}/health`)).status).toBe(200)
  subscribers = [subscriber({ state: 'stopped', error: 'StorageClosed' })]
  expect((await fetch(`${url}/health`)).status).toBe(503)
})
