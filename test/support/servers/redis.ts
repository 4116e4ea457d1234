import { once } from 'node:events'
import { createClient } from '@redis/client'
import type { RedisServer } from '../../../bench/support/servers/redis.ts'

export { findRedis, type RedisServer as TestRedis, startRedis } from '../../../bench/support/servers/redis.ts'

/** A connected client. */
export type TestRedisClient = ReturnType<typeof newClient>

/** Connects to a server; the client reconnects soon after it was away. */
export async function connectRedis({ port }: Pick<RedisServer, 'port'>): Promise<TestRedisClient> {
  const client = newClient(port)
  client.on('error', () => {})
  await client.connect()
  return client
}

const newClient = (port: number) => createClient({ socket: { host: '127.0.0.1', port, reconnectStrategy: () => 20 } })

/** Waits until a client is connected again. */
export async function reconnected(client: TestRedisClient): Promise<void> {
  if (!client.isReady) await once(client, 'ready')
}
