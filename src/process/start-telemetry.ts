import type { Telemetry } from '../core/telemetry/telemetry.ts'
import type { Defer } from './lifecycle.ts'
import { findTelemetry } from './load-opentelemetry.ts'
import { requirePackages } from './packages.ts'

/** Who reads what a process measures, besides the providers that are registered: see `METRICS`. */
export type MetricsReader = 'none' | 'prometheus'

/** Everything that a process measured, in Prometheus' text format. */
export type Scrape = () => Promise<string>

/** The media type of what a {@link Scrape} returns. */
export const SCRAPED = 'text/plain; version=0.0.4; charset=utf-8'

/** What a process measures with. */
export type StartedTelemetry = {
  /** Undefined if nothing can be measured, because OpenTelemetry is not installed. */
  readonly telemetry: Telemetry | undefined
  /** What `GET /metrics` responds with; undefined unless Prometheus reads it. */
  readonly scrape: Scrape | undefined
}

/**
 * Starts the telemetry of a process.
 *
 * @throws InvalidConfiguration if Prometheus is to read it and its packages are not installed
 */
export async function startTelemetry(reader: MetricsReader, defer: Defer): Promise<StartedTelemetry> {
  if (reader === 'none') return { telemetry: await findTelemetry(), scrape: undefined }
  requirePackages('METRICS', '@opentelemetry/api', '@opentelemetry/sdk-metrics', '@opentelemetry/exporter-prometheus')
  const { startScraping } = await import('../opentelemetry/prometheus/start-scraping.ts')
  const { telemetry, scrape, close } = startScraping()
  defer(close)
  return { telemetry, scrape }
}
