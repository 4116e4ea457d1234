import { stat } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, expect, it } from 'vitest'
import { type Started, workshop } from './demo-process.ts'
import { clientOf, customerOf, expectNoNeedle, filesIn } from './forgetting.ts'
import { goneWithin } from './running-demo.ts'
import { tutorialCommands } from './tutorial-commands.ts'

const shop = workshop()
afterEach(() => shop.clean())

async function startDemo(data: string) {
  const args = ['--workers', '2', '--storage', `file:${data}`]
  const demo = shop.start('src/demo/start.ts', args, { LOG_LEVEL: 'trace' })
  await demo.find(/views\/daily-totals\/\S+\n/)
  const [, api = ''] = /API {6}(\S+)/.exec(demo.output()) ?? []
  const workers = [...demo.output().matchAll(/worker {3}(http\S+)\/status/g)].map(([, url]) => url as string)
  return { demo, api, workers: workers as [string, string] }
}

/** Kills the worker with this health server. */
async function kill(worker: string): Promise<void> {
  const { workerId } = (await (await fetch(`${worker}/status`)).json()) as { workerId: string }
  process.kill(Number(workerId.split(':')[1]), 'SIGKILL')
}

async function expectNothingLeft(customerId: string, data: string, demo: Started, worker: string): Promise<void> {
  for (const [file, content] of await filesIn(data)) expectNoNeedle(customerId, file, content)
  for (const path of ['/status', '/health', '/ready']) {
    expectNoNeedle(customerId, path, Buffer.from(await (await fetch(`${worker}${path}`)).text()))
  }
  expectNoNeedle(customerId, 'the output', Buffer.from(demo.output()))
}

it('forgets a customer, though a worker is killed meanwhile, and what another one was about when all were', {
  timeout: 120_000,
}, async () => {
  const folder = await shop.folder()
  const data = join(folder, 'data')
  const { demo, api, workers } = await startDemo(data)
  expect(demo.output()).toContain(`key      ${data}.key  (the master key`)
  expect((await stat(`${data}.key`)).mode & 0o777).toBe(0o600)

  const client = clientOf(api)
  await client.registerAll('c1')
  await client.registerAll('c2')
  const tutorial = await tutorialCommands(api, folder)
  await tutorial.registerAndSee()
  expect((await filesIn(join(data, 'payloads'))).length).toBe(3)
  const forgetting = client.send('POST', '/customers/c1/forget')
  await expect.poll(async () => (await client.json('/customers/c1')).forgotten).toBe(true)
  const followed = tutorial.forget()
  await kill(workers[0])
  const { status, position } = await forgetting
  await followed
  expect(await tutorial.search()).toBe('nothing found\n')
  expect(status).toBe(200)
  await client.expectForgotten('c1')
  await expectNothingLeft('c1', data, demo, workers[1])
  // The other one is still there.
  expect(await client.json('/customers/c2', position)).toMatchObject(customerOf('c2'))
  expect((await filesIn(join(data, 'payloads'))).length).toBe(1)
  const next = { ...customerOf('c3'), email: customerOf('c1').email.toUpperCase() }
  expect((await client.send('POST', '/customers', next)).status).toBe(201)
  expect((await client.send('POST', '/customers', customerOf('c1'))).status).toBe(410)
  expect((await client.send('POST', '/customers/c1/forget')).status).toBe(200)

  // Every process is killed once the key is gone, and nobody asks again.
  void client.send('POST', '/customers/c2/forget').catch(() => {})
  await expect.poll(async () => (await client.json('/customers/c2')).forgotten).toBe(true)
  demo.signalAll('SIGKILL')
  await demo.ended
  await goneWithin(demo, 2_000)
  const second = await startDemo(data)
  const again = clientOf(second.api)
  await expect
    .poll(async () => (await again.json('/customers')).items, { timeout: 30_000 })
    .toContainEqual(expect.objectContaining({ customerId: 'c2', forgotten: true }))
  await again.expectForgotten('c2')
  const nothingLeft = async () => {
    await expectNothingLeft('c2', data, second.demo, second.workers[0])
    return 'nothing left'
  }
  await expect.poll(() => nothingLeft().catch(String), { timeout: 5_000 }).toBe('nothing left')
  expect(await filesIn(join(data, 'payloads'))).toEqual([])
  expectNoNeedle('c2', 'the output', Buffer.from(demo.output()))
  second.demo.signalAll('SIGTERM')
  expect(await second.demo.ended).toBe(0)
})
