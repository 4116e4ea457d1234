import { SCRAPED, type Scrape } from '../../../process/start-telemetry.ts'
import type { Server } from '../server.ts'

/** `GET /metrics`, for Prometheus. */
export const getMetrics = (server: Server, scrape: Scrape): void => {
  server.route({
    method: 'GET',
    url: '/metrics',
    schema: { hide: true },
    handler: async (_, reply) => reply.type(SCRAPED).send(await scrape()),
  })
}
