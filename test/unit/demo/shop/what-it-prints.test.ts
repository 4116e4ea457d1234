import { createServer, type Server, type Socket } from 'node:net'
import { afterEach, expect, it } from 'vitest'
import { introduction } from '../../../../src/demo/shop/banner.ts'
import { findLocalRedis } from '../../../../src/demo/shop/find-redis.ts'
import { toTry } from '../../../../src/demo/shop/to-try.ts'

const API = 'http://127.0.0.1:3000'
const addresses = {
  api: API,
  worker: 'http://127.0.0.1:4000',
  cache: 'http://127.0.0.1:4001',
  notifications: 'http://127.0.0.1:5000',
  storage: 'mongodb://me:secret@db/shop',
  redis: 'redis://me:secret@cache.example:7000',
  bus: './data-shop.bus',
}

it('introduces the shop without a password', () => {
  const text = introduction(addresses)
  expect(text).not.toContain('secret')
  expect(text).toContain("--storage 'mongodb://…@db/shop'")
  expect(text).toContain(toTry(API, addresses))
})

it('says where the bus is, and how to get a Redis server where there is none', () => {
  const text = introduction({ ...addresses, redis: undefined, cache: undefined, bus: undefined })
  expect(text).toMatch(/^ {2}bus +SERVICE_BUS_CONNECTION_STRING$/m)
  expect(text.match(/^ {2}Redis +none: .*apt-get install redis-server.*REDIS_URL$/gm)).toHaveLength(1)
  expect(text).not.toContain('redis-cli')
})

it.each([
  ['redis://127.0.0.1:6379', 'redis-cli get'],
  ['redis://127.0.0.1', 'redis-cli get'],
  ['redis://127.0.0.1:6380/1', 'redis-cli -p 6380 -n 1 get'],
  ['redis://me:secret@cache.example:7000', 'redis-cli -h cache.example -p 7000 get'],
])('says how redis-cli finds the server %s', (redis, command) => {
  expect(toTry(API, { redis })).toContain(`  ${command} subject:user:456`)
})

let server: Server | undefined
const sockets = new Set<Socket>()
afterEach(() => {
  for (const socket of sockets) socket.destroy()
  sockets.clear()
  server?.close()
})

/** A server on this machine. @returns its port */
async function listening(reply: string): Promise<number> {
  const listener = createServer((socket) => {
    sockets.add(socket)
    socket.on('error', () => {})
    if (reply !== '') socket.once('data', () => socket.write(reply))
  })
  server = listener
  await new Promise<void>((resolve) => listener.listen(0, '127.0.0.1', resolve))
  return (listener.address() as { readonly port: number }).port
}

it('uses a Redis server of this machine', async () => {
  const port = await listening('+PONG\r\n')
  expect(await findLocalRedis(port)).toBe(`redis://127.0.0.1:${port}`)
})

it.each(['', 'HTTP/1.1 400 Bad Request\r\n\r\n', '-NOAUTH Authentication required.\r\n'])(
  'uses no server that replies %j',
  async (reply) => {
    expect(await findLocalRedis(await listening(reply))).toBeUndefined()
  },
)

it('uses none where nothing listens', async () => {
  const port = await listening('')
  await new Promise((resolve) => server?.close(resolve))
  expect(await findLocalRedis(port)).toBeUndefined()
})
