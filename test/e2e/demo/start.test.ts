import { execFile } from 'node:child_process'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterEach, expect, it } from 'vitest'
import { type Started, workshop } from './demo-process.ts'
import { demoOn, goneWithin } from './running-demo.ts'
import { runsSurvivesAndStops } from './survival.ts'

const shop = workshop()
afterEach(() => shop.clean())

const startDemo = (folder: string) => demoOn(shop, `file:${join(folder, 'data')}?ranges=4`)

it('runs, shows what was posted, survives being killed as a whole, and stops in order', {
  timeout: 90_000,
}, async () => {
  const folder = await shop.folder()
  await runsSurvivesAndStops(() => startDemo(folder))
})

it('stops on Ctrl-C, which reaches the whole group', { timeout: 60_000 }, async () => {
  const { demo } = await startDemo(await shop.folder())
  demo.signalAll('SIGINT')
  expect(await demo.ended).toBe(0)
  await goneWithin(demo, 1_000)
})

it('leaves nothing behind when only the starter is killed', { timeout: 60_000 }, async () => {
  const { demo, api } = await startDemo(await shop.folder())
  process.kill(demo.child.pid as number, 'SIGKILL')
  await goneWithin(demo, 10_000)
  await expect(fetch(`${api}/health`)).rejects.toThrow()
})

it('stops when npm is stopped, whose shell keeps the signal to itself', { timeout: 60_000 }, async () => {
  const folder = await shop.folder()
  const demo = shop.startAsNpm('src/demo/start.ts', ['--storage', `file:${join(folder, 'data')}`])
  await demo.find(/worker {3}\S+/)
  process.kill(demo.child.pid as number, 'SIGTERM')
  await goneWithin(demo, 10_000)
})

it('stops the one and says so when the other ends', { timeout: 60_000 }, async () => {
  const { demo, worker } = await startDemo(await shop.folder())
  const { workerId } = (await (await fetch(`${worker}/status`)).json()) as { workerId: string }
  expect(workerId).not.toBe('')
  process.kill(await childOf(demo, 'worker/main.ts'), 'SIGKILL')
  expect(await demo.ended).toBe(1)
  expect(demo.output()).toContain('The worker ended: SIGKILL')
  await goneWithin(demo, 1_000)
})

it('prints the link of a dashboard, and goes on without it', { timeout: 90_000 }, async () => {
  const { demo, api, worker } = await startDemo(await shop.folder())
  const [, url = '', token = ''] = await demo.find(/dashboard {2}(http\S+)#(\S+)\n/)
  expect((await fetch(url)).status).toBe(200)
  const session = await fetch(`${url}api/session`, { headers: { authorization: `Bearer ${token}` } })
  expect(await session.json()).toMatchObject({ role: 'operator' })
  process.kill(await childOf(demo, 'cli/main.ts dashboard'), 'SIGKILL')
  await demo.find(/The dashboard ended: SIGKILL\. The demo continues without it\./)
  expect((await fetch(`${api}/health`)).status).toBe(200)
  expect((await fetch(`${worker}/health`)).status).toBe(200)
  process.kill(demo.child.pid as number, 'SIGTERM')
  expect(await demo.ended).toBe(0)
  await goneWithin(demo, 1_000)
})

it('runs several workers, and goes on while one of them is left', { timeout: 90_000 }, async () => {
  const storage = `file:${join(await shop.folder(), 'data')}?ranges=4`
  const demo = shop.start('src/demo/start.ts', ['--workers', '3', '--storage', storage])
  await demo.find(/views\/daily-totals\/\S+\n/)
  const workers = [...demo.output().matchAll(/worker {3}(http\S+)\/status/g)].map(([, url]) => url as string)
  expect(new Set(workers).size).toBe(3)
  type Told = { workerId: string; ranges: { owner: string | null }[] }
  const told = async (url: string) => (await (await fetch(`${url}/status`)).json()) as Told
  const owners = async (url: string) => new Set((await told(url)).ranges.map(({ owner }) => owner))
  const [first, second, third] = workers as [string, string, string]
  await expect.poll(async () => (await owners(third)).size, { timeout: 10_000 }).toBe(3)
  for (const [victim, left] of [
    [first, 2],
    [second, 1],
  ] as const) {
    const { workerId } = await told(victim)
    process.kill(Number(workerId.split(':')[1]), 'SIGKILL')
    await demo.find(/Worker \d ended: SIGKILL/)
    const isTaken = async () => {
      const now = await owners(third)
      return !now.has(workerId) && !now.has(null) && now.size === left
    }
    await expect.poll(isTaken, { timeout: 10_000 }).toBe(true)
    expect((await fetch(`${third}/health`)).status).toBe(200)
    expect((await fetch(`${third}/ready`)).status).toBe(200)
  }
  process.kill(Number((await told(third)).workerId.split(':')[1]), 'SIGKILL')
  expect(await demo.ended).toBe(1)
  expect(demo.output()).toContain('Worker 3 ended: SIGKILL. The demo stops.')
  await goneWithin(demo, 1_000)
})

it('says which port is in use, once, and leaves nothing running', { timeout: 60_000 }, async () => {
  const taken = createServer().listen(0, '127.0.0.1')
  await new Promise((resolve) => taken.once('listening', resolve))
  const { port } = taken.address() as { port: number }
  const folder = await shop.folder()
  const storage = `file:${join(folder, 'data')}`
  const demo = shop.start('src/demo/start.ts', ['--port', String(port), '--storage', storage])
  expect(await demo.ended).toBe(1)
  expect(demo.output().match(/InvalidConfiguration: PORT: \d+ on 127\.0\.0\.1 is in use/g)).toHaveLength(1)
  expect(demo.isAlive()).toBe(false)
  await new Promise((resolve) => taken.close(resolve))
})

it('refuses settings and storages that it does not know before anything runs', { timeout: 60_000 }, async () => {
  const loud = shop.start('src/demo/start.ts', [], { LOG_LEVEL: 'loud' })
  expect(await loud.ended).toBe(1)
  expect(loud.output()).toMatch(/^InvalidConfiguration: LOG_LEVEL: "loud" is invalid/)
  const nowhere = shop.start('src/demo/start.ts', ['--storage', 'carrier-pigeon://loft'])
  expect(await nowhere.ended).toBe(1)
  expect(nowhere.output()).toContain('InvalidConfiguration: TIDEMARK_STORAGE: ')
  const none = shop.start('src/demo/start.ts', ['--workers', '0'])
  expect(await none.ended).toBe(1)
  expect(none.output()).toContain('It must be a number from 1 to 32.')
})

const run = promisify(execFile)

/** The process of the group whose command line holds a text. */
async function childOf(demo: Started, text: string): Promise<number> {
  const { stdout } = await run('ps', ['-eo', 'pid=,pgid=,args='])
  const line = stdout.split('\n').find((row) => {
    const [, group] = row.trim().split(/\s+/)
    return Number(group) === demo.child.pid && row.includes(text)
  })
  return Number(line?.trim().split(/\s+/)[0])
}
