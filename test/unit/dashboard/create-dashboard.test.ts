import { mkdtemp, rm } from 'node:fs/promises'
import { createServer } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { systemClock } from '../../../src/core/clock.ts'
import { StorageMoved } from '../../../src/core/errors/storage.ts'
import { createDashboard } from '../../../src/dashboard/create-dashboard.ts'
import type { DashboardOptions } from '../../../src/dashboard/options.ts'
import { openEmbedded } from '../../../src/embedded.ts'
import { readInstances } from '../../../src/operations/instances/stored-reports.ts'
import { listen } from '../../support/http/listen.ts'

const OPERATOR = 'operator-token-0123456789'
const authorization = `Bearer ${OPERATOR}`

/** A folder with a storage, which is gone when it is disposed of. */
async function storedFolder() {
  const folder = await mkdtemp(join(tmpdir(), 'tidemark-dashboard-'))
  const data = join(folder, 'data')
  await (await openEmbedded(data)).close()
  const open = (options: Partial<DashboardOptions> = {}) =>
    createDashboard({ storage: `file:${data}`, tokens: { operator: OPERATOR }, ...options })
  return { data, open, [Symbol.asyncDispose]: () => rm(folder, { recursive: true }) }
}

test('a dashboard of a storage signs in the token of its link, and tells the verdict', async () => {
  await using stored = await storedFolder()
  await using dashboard = stored.open()
  await using server = await listen(createServer(dashboard.handler))
  await dashboard.ready
  expect((await fetch(server.url)).status).toBe(200)
  const signedIn = await fetch(`${server.url}/api/session`, {
    method: 'POST',
    body: JSON.stringify({ token: OPERATOR }),
    headers: { 'content-type': 'application/json', origin: server.url },
  })
  const cookie = (signedIn.headers.get('set-cookie') ?? '').split(';')[0] ?? ''
  const session = await fetch(`${server.url}/api/session`, { headers: { cookie } })
  expect(await session.json()).toMatchObject({ role: 'operator', readOnly: false, payloads: 'full' })
  const verdict = async () => {
    const response = await fetch(`${server.url}/api/snapshot?topics=overview`, { headers: { authorization } })
    const { snapshots } = (await response.json()) as { snapshots: { data: { now: { verdict: string } } }[] }
    return snapshots[0]?.data.now.verdict
  }
  await expect.poll(verdict, { timeout: 10_000 }).toBe('healthy')
}, 30_000)

test('a dashboard judges by the thresholds that it is given, and refuses those that are none', async () => {
  await using stored = await storedFolder()
  await using dashboard = stored.open({ thresholds: { lag: { warning: 120_000 } }, unownedAfter: 90_000 })
  await using server = await listen(createServer(dashboard.handler))
  const fires = async () => {
    const response = await fetch(`${server.url}/api/snapshot?topics=rules`, { headers: { authorization } })
    const { snapshots } = (await response.json()) as { snapshots: { data: Record<string, { fires: string }> }[] }
    const { LagHigh, RangeUnowned } = snapshots[0]?.data ?? {}
    return [LagHigh?.fires, RangeUnowned?.fires]
  }
  await expect
    .poll(fires, { timeout: 10_000 })
    .toEqual([expect.stringContaining('2 min'), expect.stringContaining('1 min 30 s')])
  expect(() => stored.open({ thresholds: { lag: { warning: -1 } } })).toThrow(/thresholds\.lag\.warning/)
  expect(() => stored.open({ unownedAfter: 0 })).toThrow(/unownedAfter/)
}, 30_000)

test('a dashboard reports itself while it runs, and that it stopped in good order', async () => {
  await using stored = await storedFolder()
  await using storage = await openEmbedded(stored.data)
  const reports = () => readInstances(storage, Date)
  await using dashboard = stored.open()
  await dashboard.ready
  const running = { kind: 'dashboard', service: 'dashboard', pid: process.pid, stoppedAt: null }
  await expect.poll(reports, { timeout: 10_000 }).toMatchObject([running])
  await Promise.all([dashboard.close(), dashboard.close()])
  expect(await reports()).toMatchObject([{ stoppedAt: expect.any(String) }])
}, 30_000)

test('a dashboard that is not to report itself writes nothing to the storage', async () => {
  await using stored = await storedFolder()
  await using storage = await openEmbedded(stored.data)
  await using dashboard = stored.open({ report: false })
  await dashboard.ready
  await dashboard.close()
  expect(await readInstances(storage, Date)).toEqual([])
}, 30_000)

test('a storage that does not exist is not created, and requests of the API say what is wrong', async () => {
  await using stored = await storedFolder()
  const errors: unknown[] = []
  const options = { storage: `file:${stored.data}-mistyped`, onError: (error: unknown) => errors.push(error) }
  await using dashboard = stored.open(options)
  await using server = await listen(createServer(dashboard.handler))
  await expect(dashboard.ready).rejects.toThrow(expect.objectContaining({ code: 'InvalidConfiguration' }))
  expect((await fetch(server.url)).status).toBe(200)
  const response = await fetch(`${server.url}/api/streams`, { headers: { authorization } })
  expect(await response.json()).toMatchObject({ code: 'InvalidConfiguration' })
  await dashboard.close()
}, 30_000)

test.each([
  ['label', { label: '' }],
  ['label', { label: 'x'.repeat(41) }],
  ['payloads', { payloads: 'some' as 'full' }],
  ['DASHBOARD_TOKEN', { tokens: {} }],
  ['DASHBOARD_TOKEN', { tokens: { operator: 'short' } }],
])('what is wrong about %s is said at once', (name, options) => {
  const all = { storage: 'file:./nowhere', tokens: { operator: OPERATOR }, ...options }
  expect(() => createDashboard(all)).toThrow(new RegExp(`^${name}|${name} `))
})

test('the watched storage is refused as the one of alerts and incidents, however it is named', async () => {
  await using stored = await storedFolder()
  for (const ops of [`file:${stored.data}`, `file:${stored.data}/../data`]) {
    await using dashboard = stored.open({ ops })
    await expect(dashboard.ready).rejects.toMatchObject({ code: 'InvalidConfiguration', setting: 'ops' })
  }
}, 30_000)

test('the folder of alerts and incidents is opened again half a minute after it was removed, and the log has two lines', async () => {
  await using stored = await storedFolder()
  let ahead = 0
  const clock = { ...systemClock, now: () => Date.now() + ahead }
  const errors: unknown[] = []
  const warnings: string[] = []
  const onWarning = ({ message }: Error) => void warnings.push(message)
  process.on('warning', onWarning)
  try {
    await using dashboard = stored.open({ clock, every: 100, onError: (error) => errors.push(error) })
    await using server = await listen(createServer(dashboard.handler))
    await dashboard.ready
    const status = async () => (await fetch(`${server.url}/api/incidents`, { headers: { authorization } })).status
    expect(await status()).toBe(200)
    await rm(join(stored.data, 'ops'), { recursive: true })
    await expect.poll(() => errors.length, { timeout: 10_000 }).toBe(1)
    const afterHalfMinute = () => {
      ahead += 31_000
      return warnings
    }
    await expect.poll(afterHalfMinute, { timeout: 10_000 }).toContainEqual(expect.stringMatching(/was opened again/))
    expect(await status()).toBe(200)
    expect(errors).toEqual([expect.any(StorageMoved)])
  } finally {
    process.off('warning', onWarning)
  }
}, 30_000)
