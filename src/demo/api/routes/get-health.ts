import { z } from 'zod'
import type { Route } from '../api.ts'

/** `GET /health` */
export const getHealth: Route = (api) => {
  api.route({
    method: 'GET',
    url: '/health',
    schema: { summary: 'Whether this process responds', response: { 200: z.object({ status: z.literal('ok') }) } },
    handler: async () => ({ status: 'ok' as const }),
  })
}
