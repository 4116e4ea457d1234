import { withDeadline } from '../../../core/async/deadline.ts'
import { systemClock } from '../../../core/clock.ts'
import { InvalidConfiguration } from '../../../core/errors/input.ts'
import type { PayloadCache } from '../../../privacy/index.ts'
import { requirePackages } from '../../../process/packages.ts'

const SETTING = 'PAYLOAD_CACHE'
// Milliseconds. A server that is away is no reason not to start.
const PATIENCE = 1000

/** A cache, and what ends its client. */
export type OpenedCache = { readonly cache: PayloadCache; readonly close: () => Promise<void> }

/**
 * Connects to the Redis server in front of the payload stores. If it is not there, it is tried again in the background,
 * and payloads come from their stores meanwhile.
 *
 * @param ttl milliseconds until an entry expires
 * @param log identifies the log, since several may share a server
 * @throws InvalidConfiguration
 */
export async function openPayloadCache(url: string, ttl: number, log: string): Promise<OpenedCache> {
  requirePackages(SETTING, '@redis/client')
  const { createClient } = await import('@redis/client')
  const { redisCache } = await import('../../../connectors/redis/index.ts')
  const client = clientOf(createClient, url)
  client.on('error', () => {})
  await withDeadline(systemClock, PATIENCE, client.connect(), () => new Error('It is away')).catch(() => {})
  return {
    cache: redisCache(client, { ttl, prefix: `tidemark:${log}:` }),
    async close() {
      if (client.isOpen) client.destroy()
    },
  }
}

function clientOf<C>(create: (options: { url: string }) => C, url: string): C {
  try {
    return create({ url })
  } catch {
    // The URL may contain a password, which the client's message may repeat.
    throw new InvalidConfiguration(SETTING, 'is not the URL of a Redis server, as in redis://127.0.0.1:6379')
  }
}
