import { z } from 'zod'
import type { Route } from '../api.ts'

const answer = z.object({
  name: z.string(),
  documentation: z.string(),
  openapi: z.string(),
  meters: z.string(),
  customers: z.string(),
  health: z.string(),
})

/** `GET /` */
export const getRoot: Route = (api) => {
  api.route({
    method: 'GET',
    url: '/',
    schema: {
      summary: 'Where to begin: for programs as JSON, while browsers are sent to the documentation',
      response: { 200: answer, 302: z.undefined().describe('To the documentation') },
    },
    handler: async ({ headers }, reply) => {
      reply.header('vary', 'accept')
      if (headers.accept?.includes('text/html')) return reply.redirect('/docs', 302)
      return {
        name: 'Tidemark demo: meter registration',
        documentation: '/docs',
        openapi: '/docs/json',
        meters: '/meters',
        customers: '/customers',
        health: '/health',
      }
    },
  })
}
