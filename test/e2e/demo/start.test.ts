import { execFile } from 'node:child_process'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterEach, expect, it } from 'vitest'
import { type Started, workshop } from './demo-process.ts'

const shop = workshop()
afterEach(() => shop.clean())

const startDemo = async (folder: string) => {
  const demo = shop.start('src/demo/start.ts', ['--storage', `file:${join(folder, 'data')}?ranges=4`])
  const [, api = ''] = await demo.find(/API {6}(\S+)/)
  const [, worker = ''] = await demo.find(/worker {3}(\S+)\/status/)
  return { demo, api, worker }
}

/** Sends the lines that the demo prints, as curl would. */
async function tryPrinted(demo: Started) {
  await demo.find(/views\/daily-totals\/\S+\n/)
  const answers: { status: number; position: string; body: unknown }[] = []
  for (const [, url = '', body = ''] of demo.output().matchAll(/^ {2}curl .*?(http\S+) -d '(.*?)'/gm)) {
    const answer = await fetch(url, { method: 'POST', headers: { 'content-type': 'application/json' }, body })
    const position = answer.headers.get('tidemark-position') ?? ''
    answers.push({ status: answer.status, position, body: await answer.json() })
  }
  const [, view = ''] = /(http\S+\/views\/daily-totals\/\S+)/.exec(demo.output()) ?? []
  return { answers, view }
}

const goneWithin = (demo: Started, milliseconds: number) =>
  expect.poll(() => demo.isAlive(), { timeout: milliseconds, interval: 50 }).toBe(false)

it('runs, shows what was posted, survives being killed as a whole, and stops in order', {
  timeout: 90_000,
}, async () => {
  const folder = await shop.folder()
  const first = await startDemo(folder)
  const { answers, view } = await tryPrinted(first.demo)
  expect(answers.map(({ status }) => status)).toEqual([201, 200, 201])
  const { position = '', body } = answers.at(-1) ?? {}
  const { meterId } = body as { meterId: string }
  const read = async (url: string, headers: Record<string, string> = {}) => {
    const answer = await fetch(url, { headers })
    return [answer.status, await answer.json()]
  }
  const totals = await read(view, { 'tidemark-position': position })
  expect(totals).toMatchObject([200, { meterId, days: { [new Date().toISOString().slice(0, 10)]: 0.875 } }])
  expect(await read(`${first.worker}/health`)).toEqual([200, { status: 'ok' }])
  expect(await read(`${first.api}/ready`)).toEqual([200, { status: 'ready' }])

  // A write just before the end, which no projection may have seen yet.
  const activation = { meterId: 'last', postalCode: '1', houseNumber: '1', activationCode: '1' }
  await fetch(`${first.api}/meters`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(activation),
  })
  first.demo.signalAll('SIGKILL')
  expect(await first.demo.ended).toBe('SIGKILL')
  await goneWithin(first.demo, 2_000)

  const second = await startDemo(folder)
  const again = view.replace(first.api, second.api)
  expect(await read(again, { 'tidemark-position': position })).toEqual(totals)
  expect(await read(`${second.api}/meters/${meterId}`)).toMatchObject([200, { status: 'active', version: 3 }])
  await expect
    .poll(async () => (await read(`${second.api}/meters?postalCode=1`))[1], { timeout: 10_000 })
    .toMatchObject({ items: [{ meterId: 'last', status: 'registered' }] })

  process.kill(second.demo.child.pid as number, 'SIGTERM')
  expect(await second.demo.ended).toBe(0)
  await goneWithin(second.demo, 1_000)
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
  expect(loud.output()).toMatch(/^InvalidConfiguration: LOG_LEVEL: "loud" cannot be used/)
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
