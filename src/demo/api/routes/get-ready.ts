import { z } from 'zod'
import type { Route } from '../api.ts'
import { failures } from '../schemas.ts'

/** `GET /ready` */
export const getReady: Route = (api, { storage }) => {
  api.route({
    method: 'GET',
    url: '/ready',
    schema: {
      summary: 'Whether the storage responds, too',
      response: { 200: z.object({ status: z.literal('ready') }), ...failures },
    },
    handler: async () => {
      await storage.ping()
      return { status: 'ready' as const }
    },
  })
}
