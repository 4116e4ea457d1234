import type { FastifyBaseLogger } from 'fastify'
import { z } from 'zod'
import { eventStore } from '../../../core/events/event-store.ts'
import { type AccessOptions, LOOPBACK_ONLY } from '../../../process/http/access.ts'
import type { Storage } from '../../../views/with-views.ts'
import { createServer } from '../../server/create-server.ts'
import { getHealth } from '../../server/health/get-health.ts'
import { afterVersion, failures, limit, pageOf } from '../../server/schemas.ts'
import type { Server } from '../../server/server.ts'
import { notices } from '../notices.ts'
import { RECEIVED } from './received.ts'

const item = z.object({
  userId: z.string(),
  orderId: z.union([z.string(), z.number()]),
  placedAt: z.string(),
  receivedAt: z.string(),
})

// It takes no bodies.
const BODY_LIMIT = 1024

/** Creates the API of the notifications service, without listening yet. */
export function buildNotifications(
  storage: Storage,
  { logger, access = LOOPBACK_ONLY }: { readonly logger?: FastifyBaseLogger; readonly access?: AccessOptions },
): Server {
  const api = createServer({ logger, access, bodyLimit: BODY_LIMIT })
  const received = eventStore(storage, notices.events)
  api.route({
    method: 'GET',
    url: '/notifications',
    schema: {
      summary: 'What was received, the newest last',
      querystring: z.object({ limit, after: afterVersion }),
      response: { 200: pageOf(item), ...failures },
    },
    handler: async ({ query: { limit, after } }) => {
      const { events, version } = await received.load(RECEIVED, { from: after + 1, limit })
      const items = events.map(({ data, metadata }) => ({ ...data, receivedAt: metadata.recordedAt }))
      const last = events.at(-1)?.version ?? version
      return { items, ...(last < version && { next: String(last) }) }
    },
  })
  getHealth(api)
  return api
}
