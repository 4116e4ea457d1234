import type { ServerResponse } from 'node:http'
import { SCRAPED, type Scrape } from './start-telemetry.ts'

/** Responds to `GET /metrics`; with 500 if nothing can be collected, so that Prometheus shows the target as down. */
export const answerScrape = (scrape: Scrape, response: ServerResponse): Promise<unknown> =>
  scrape().then(
    (text) => response.writeHead(200, { 'content-type': SCRAPED }).end(text),
    () => response.writeHead(500, { 'content-type': SCRAPED }).end('The metrics cannot be collected\n'),
  )
