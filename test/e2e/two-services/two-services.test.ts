import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { z } from 'zod'
import { defineEvents } from '../../../src/core/events/define-events.ts'
import { eventStore } from '../../../src/core/events/event-store.ts'
import { openEmbedded } from '../../../src/embedded.ts'
import { CLI } from '../../support/processes/cli.ts'
import { until } from '../../support/projecting/until.ts'

const ROOT = join(import.meta.dirname, '../../..')

let folder = ''
const running = new Set<ChildProcess>()

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tidemark-services-'))
})
afterAll(async () => {
  for (const child of running) child.kill('SIGKILL')
  await Promise.all([...running].map((child) => once(child, 'exit')))
  await rm(folder, { recursive: true, force: true })
})

/** Runs a command of its own process, and starts it again after a kill. */
function command(args: readonly string[], env: Readonly<Record<string, string>> = {}) {
  let child: ChildProcess
  let output = ''
  const start = () => {
    const { TIDEMARK_STORAGE: _, ...environment } = process.env
    child = spawn(process.execPath, [CLI, ...args], {
      cwd: ROOT,
      env: { ...environment, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    child.stdout?.on('data', (chunk) => {
      output += chunk
    })
    child.stderr?.on('data', (chunk) => {
      output += chunk
    })
    running.add(child)
    child.once('exit', () => running.delete(child))
  }
  const end = async (signal: NodeJS.Signals) => {
    const exited = once(child, 'exit')
    child.kill(signal)
    return (await exited)[0] as number | null
  }
  start()
  return {
    /** Kills it, and starts it again at once. */
    async killed() {
      await end('SIGKILL')
      start()
    },
    stopped: () => end('SIGTERM'),
    says: (text: string) => output.includes(text),
    output: () => output,
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as { readonly port: number }
  server.close()
  await once(server, 'close')
  return port
}

test('two services survive kills of each of them and of the bus, and every event arrives once and in order', {
  timeout: 60_000,
}, async () => {
  const port = await freePort()
  const at = (...path: readonly string[]) => join(folder, ...path)
  await Promise.all([
    mkdir(at('shop', 'worker'), { recursive: true }),
    mkdir(at('mail', 'worker'), { recursive: true }),
  ])
  // The folders are outside the project, as those of users are.
  await symlink(join(ROOT, 'node_modules'), at('node_modules'))
  const own = (path: string) => JSON.stringify(join(ROOT, 'src', path))
  const client = `
    import { ServiceBusClient } from '@azure/service-bus'
    import { serviceBus, serviceBusRetryOptions, serviceBusSubscription } from ${own('connectors/service-bus/index.ts')}
    const connect = () => new ServiceBusClient(process.env.BUS, { retryOptions: serviceBusRetryOptions })`
  await writeFile(
    at('shop', 'worker', 'publish-orders.ts'),
    `${client}
     import { z } from 'zod'
     import { defineEvents } from ${own('index.ts')}
     import { publishing } from ${own('messaging/index.ts')}
     const bus = serviceBus(connect)
     export const close = () => bus.close()
     export default publishing('publish-orders', {
       events: defineEvents({ OrderPlaced: z.object({ n: z.number() }) }),
       bus, address: 'orders', source: '/shop', from: 'start' })`,
  )
  await writeFile(
    at('mail', 'worker', 'inbox.ts'),
    `${client}
     import { defineSubscriber } from ${own('messaging/index.ts')}
     export default defineSubscriber('inbox', { subscription: () => serviceBusSubscription(connect, { queue: 'orders' }) })`,
  )
  await writeFile(
    at('bus.json'),
    JSON.stringify({
      queues: { orders: { requiresSession: true, requiresDuplicateDetection: true, lockDuration: 'PT5S' } },
    }),
  )
  const ours = await openEmbedded(at('shop', 'data'))
  const theirs = await openEmbedded(at('mail', 'data'))

  const bus = command([
    'service-bus-emulator',
    '--port',
    String(port),
    '--admin-port',
    '0',
    '--config',
    at('bus.json'),
    '--data',
    at('bus'),
  ])
  await until('the bus listens', () => bus.says('listens'))
  const BUS = `Endpoint=sb://127.0.0.1:${port};SharedAccessKeyName=a;SharedAccessKey=b;UseDevelopmentEmulator=true;`
  const worker = (service: string) =>
    command(['worker', '--projections', at(service, 'worker')], {
      TIDEMARK_STORAGE: `file:${at(service, 'data')}`,
      LEASE_DURATION: '2000',
      BUS,
    })
  const shop = worker('shop')
  const mail = worker('mail')
  await until('both services run', () => shop.says('/health') && mail.says('/health'))

  const log = eventStore(ours, defineEvents({ OrderPlaced: z.object({ n: z.number() }) }))
  let sent = 0
  const send = async (count: number) => {
    for (let i = 0; i < count; i++, sent++) {
      const event = { type: 'OrderPlaced', data: { n: sent } } as const
      await log.append(`order:${sent % 5}`, [event], { expectedVersion: 'any' })
    }
  }
  const arrived = async () => (await Array.fromAsync(theirs.events.query({}))).length
  for (const victims of [[shop], [bus], [mail], [mail, bus, shop]]) {
    await send(20)
    for (const victim of victims) await victim.killed()
    await send(10)
  }
  try {
    await until('all events arrived', async () => (await arrived()) >= sent, 40_000)
  } catch (error) {
    throw new Error(`${shop.output()}\n${mail.output()}\n${bus.output()}`, { cause: error })
  }
  for (let i = 0; i < 5; i++) {
    const { events } = await theirs.events.load(`inbox-order:${i}`)
    expect(events.map(({ eventData }) => eventData.n)).toEqual(Array.from({ length: sent / 5 }, (_, k) => i + 5 * k))
  }
  for (const one of [mail, shop, bus]) expect(await one.stopped(), one.output()).toBe(0)
  await Promise.all([ours.close(), theirs.close()])
})
