import { z } from 'zod'
import type { Server } from '../server.ts'

/** `GET /health` */
export const getHealth = (server: Server): void => {
  server.route({
    method: 'GET',
    url: '/health',
    schema: { summary: 'Whether this process responds', response: { 200: z.object({ status: z.literal('ok') }) } },
    handler: async () => ({ status: 'ok' as const }),
  })
}
