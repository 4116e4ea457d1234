import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest'
import { connectRedis, findRedis, startRedis, type TestRedis } from '../../support/servers/redis.ts'
import { workshop } from '../demo/demo-process.ts'
import { goneWithin } from '../demo/running-demo.ts'
import { post, read, readAll, startShop } from './running-shop.ts'

const run = promisify(execFile)

/** What Redis has of the user, if there is a server. */
async function cached(): Promise<unknown> {
  if (server === undefined) return {}
  const client = await connectRedis(server)
  try {
    return JSON.parse((await client.get('subject:user:456')) ?? '{}')
  } finally {
    client.destroy()
  }
}
const space = workshop()
const program = findRedis('WHAT THE SHOP WRITES TO REDIS WAS NOT TESTED')
let server: TestRedis | undefined

beforeAll(async () => {
  server = program === undefined ? undefined : await startRedis(program)
})
afterEach(() => space.clean())
afterAll(() => server?.[Symbol.asyncDispose]())

it('takes the commands that it prints, runs the rules, notifies the other service, and has it all after a restart', {
  timeout: 300_000,
}, async () => {
  const folder = await space.folder()
  const first = await startShop(space, folder, server?.port)
  const text = await (await fetch(first.api)).text()
  expect(first.shop.output()).toContain(text)
  const commands = [...text.matchAll(/^ {2}(curl .*)$/gm)].map(([, command = '']) => command)
  expect(commands).toHaveLength(6)
  expect(text.match(/^ {2}redis-cli .*subject:user:456$/gm) ?? []).toHaveLength(2)
  const outputs: string[] = []
  for (const command of commands.slice(0, 3))
    outputs.push((await run('bash', ['-euc', `${command} -w ' %{http_code}'`])).stdout)
  expect(outputs.map((output) => output.slice(-3))).toEqual(['201', '201', '201'])
  const { position } = JSON.parse((outputs[2] as string).slice(0, -4)) as { position: string }
  const at = { 'tidemark-position': position }

  const subject = await read(`${first.api}/subjects/user:456`, at)
  expect(subject).toMatchObject([
    200,
    {
      id: 'user:456',
      properties: { last_login: '2026-11-30T10:00:00.000Z', last_product_added: 'tea-1', last_order: 'order-17' },
    },
  ])
  const log = await read(`${first.api}/subjects/user:456/log`, at)
  expect(log).toMatchObject([
    200,
    {
      items: [
        { type: 'user_login', timestamp: '2026-11-30T10:00:00.000Z', user_id: '456' },
        { type: 'product_added', timestamp: '2026-11-30T10:05:00.000Z', product_id: 'tea-1', price: 4.5 },
        { type: 'order_placed', timestamp: '2026-11-30T10:10:00.000Z', order_id: 'order-17', total: 4.5 },
      ],
    },
  ])
  const notices = () => readAll(`${first.notifications}/notifications`)
  const notice = { userId: '456', orderId: 'order-17', placedAt: '2026-11-30T10:10:00.000Z' }
  await expect.poll(notices, { timeout: 30_000 }).toMatchObject([notice])

  await expect.poll(cached, { timeout: 30_000 }).toMatchObject(server === undefined ? {} : (subject[1] as object))

  const [, explain = ''] = /^ {2}npm run tidemark -- (.*)$/m.exec(first.shop.output()) ?? []
  const explained = await run('bash', ['-euc', `"$0" src/cli/main.ts ${explain}`, process.execPath])
  expect(explained.stdout).toContain('set last_order: nothing -> "order-17"')

  process.kill(first.shop.child.pid as number, 'SIGTERM')
  expect(await first.shop.ended, first.shop.output()).toBe(0)
  await goneWithin(first.shop, 1_000)
  const second = await startShop(space, folder, server?.port)
  expect(await read(`${second.api}/subjects/user:456`)).toEqual(subject)
  expect(await read(`${second.api}/subjects/user:456/log`)).toEqual(log)
  expect(await readAll(`${second.notifications}/notifications`)).toMatchObject([notice])

  // A write just before the end, which no rule may have seen yet.
  await post(second.api, { type: 'order_placed', user_id: 456, order_id: 'order-18' })
  second.shop.signalAll('SIGKILL')
  expect(await second.shop.ended).toBe('SIGKILL')
  const third = await startShop(space, folder, server?.port)
  await expect
    .poll(() => read(`${third.api}/subjects/user:456`), { timeout: 30_000 })
    .toMatchObject([200, { properties: { last_order: 'order-18', last_product_added: 'tea-1' } }])
  const orders = async () =>
    (await readAll(`${third.notifications}/notifications`)).map((one) => (one as { orderId: string }).orderId)
  await expect.poll(orders, { timeout: 30_000 }).toEqual(['order-17', 'order-18'])
})
