import { afterEach, expect, it } from 'vitest'
import type { ProcessorStatus, RangeState } from '../../../../src/processor/status.ts'
import { createHealthServer } from '../../../../src/worker/health-server.ts'
import { closeServer, listen } from '../../../../src/worker/listen.ts'

const range = (state: RangeState): ProcessorStatus['ranges'][number] => ({
  projection: 'overview',
  version: 1,
  range: { min: '', max: 'FF' },
  state,
  owner: 'w',
  position: 7,
  behind: 0,
  oldest: null,
  folded: 7,
  error: state === 'stalled' ? { code: 'HandlerFailed', message: 'no', at: '2026-01-01T00:00:00.000Z' } : null,
})

const closing: (() => Promise<void>)[] = []
afterEach(async () => {
  for (const close of closing.splice(0)) await close()
})

async function serve(status: () => Promise<ProcessorStatus>): Promise<string> {
  const server = createHealthServer(status)
  closing.push(() => closeServer(server))
  return listen(server, { host: '127.0.0.1', port: 0 }, 'WORKER_PORT')
}

it('is well as long as no range is stalled', async () => {
  const status = { workerId: 'w', ranges: [range('idle'), range('working')] }
  const url = await serve(async () => status)
  const health = await fetch(`${url}/health`)
  expect([health.status, await health.json()]).toEqual([200, { status: 'ok' }])
  expect(await (await fetch(`${url}/status`)).json()).toEqual(status)
  expect((await fetch(`${url}/elsewhere`)).status).toBe(404)
  expect((await fetch(`${url}/health`, { method: 'POST' })).status).toBe(404)
})

it('is not well when a range is stalled, and says which, or when it cannot tell', async () => {
  const url = await serve(async () => ({ workerId: 'w', ranges: [range('idle'), range('stalled')] }))
  const health = await fetch(`${url}/health`)
  expect([health.status, await health.json()]).toEqual([503, { status: 'stalled', stalled: [range('stalled')] }])
  expect((await fetch(`${url}/status`)).status).toBe(200)
  const broken = await serve(() => Promise.reject(new Error('gone')))
  expect((await fetch(`${broken}/health`)).status).toBe(503)
})

it('names the setting of a port that is in use', async () => {
  const url = await serve(async () => ({ workerId: 'w', ranges: [] }))
  const port = Number(new URL(url).port)
  const other = createHealthServer(async () => ({ workerId: 'x', ranges: [] }))
  await expect(listen(other, { host: '127.0.0.1', port }, 'WORKER_PORT')).rejects.toMatchObject({
    code: 'InvalidConfiguration',
    setting: 'WORKER_PORT',
    message: expect.stringContaining('is in use'),
  })
  await expect(listen(other, { host: '192.0.2.1', port: 0 }, 'WORKER_PORT')).rejects.toMatchObject({ setting: 'HOST' })
})
