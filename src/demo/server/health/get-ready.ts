import { z } from 'zod'
import type { Storage } from '../../../views/with-views.ts'
import { failures } from '../schemas.ts'
import type { Server } from '../server.ts'

/** `GET /ready` */
export const getReady = (server: Server, { storage }: { readonly storage: Storage }): void => {
  server.route({
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
