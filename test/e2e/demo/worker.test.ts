import { once } from 'node:events'
import { mkdir, writeFile } from 'node:fs/promises'
import { type AddressInfo, createServer } from 'node:net'
import { join } from 'node:path'
import { afterEach, expect, it } from 'vitest'
import { printedMetrics } from '../../support/monitoring/printed.ts'
import { workshop } from './demo-process.ts'

const shop = workshop()
afterEach(() => shop.clean())

const settings = (folder: string) => ({ TIDEMARK_STORAGE: `file:${join(folder, 'data')}`, LOG_LEVEL: 'info' })

it('does not start half when a projection does not load, and says which and why', { timeout: 60_000 }, async () => {
  const folder = await shop.folder()
  const projections = join(folder, 'projections')
  await mkdir(projections)
  await writeFile(join(projections, 'broken.mjs'), `import './nowhere.mjs'`)
  const worker = shop.start('src/worker/main.ts', [projections], settings(folder))
  expect(await worker.ended).toBe(1)
  expect(worker.output()).toContain(`InvalidDefinition: ${join(projections, 'broken.mjs')}: Cannot find module`)
})

it("runs the folder's projections, says where its health is, and stops on SIGTERM", { timeout: 60_000 }, async () => {
  const folder = await shop.folder()
  const worker = shop.start('src/worker/main.ts', [], { ...settings(folder), METRICS: 'prometheus' })
  const [, url = ''] = await worker.find(/health is at (http\S+)\/health/)
  expect((await fetch(`${url}/health`)).status).toBe(200)
  const status = (await (await fetch(`${url}/status`)).json()) as { ranges: { projection: string }[] }
  expect(new Set(status.ranges.map(({ projection }) => projection))).toEqual(
    new Set([
      '$timers',
      'customers',
      'daily-totals-by-week',
      'meter-activation',
      'meter-overview',
      'total-activated-meters',
    ]),
  )
  const measured = async (name: string) => printedMetrics(await (await fetch(`${url}/metrics`)).text()).get(name)
  // The delay of the event loop is known once it has been measured for a while.
  for (const name of ['tidemark_range_oldest_seconds', 'nodejs_eventloop_delay_p99_seconds'])
    await expect.poll(() => measured(name), { timeout: 20_000 }).toMatchObject({ type: 'gauge' })
  worker.signalAll('SIGTERM')
  expect(await worker.ended).toBe(0)
})

it('stops on SIGTERM while it waits for a storage that does not answer', { timeout: 60_000 }, async () => {
  const server = createServer()
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  const worker = shop.start('src/worker/main.ts', [], { TIDEMARK_STORAGE: `mongodb://127.0.0.1:${port}/tidemark` })
  await once(server, 'connection')
  const told = Date.now()
  worker.signalAll('SIGTERM')
  expect(await worker.ended).toBe(0)
  // The driver would wait for half a minute.
  expect(Date.now() - told).toBeLessThan(20_000)
  server.close()
})
