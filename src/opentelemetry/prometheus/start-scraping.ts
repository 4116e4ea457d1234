import { PrometheusExporter, PrometheusSerializer } from '@opentelemetry/exporter-prometheus'
import { MeterProvider } from '@opentelemetry/sdk-metrics'
import type { Telemetry } from '../../core/telemetry/telemetry.ts'
import { openTelemetry } from '../index.ts'
import { createMeter } from '../meter.ts'
import { alsoMeasuring } from './also-measuring.ts'
import { withUnits } from './unit-suffixes.ts'

/** Measurements that Prometheus reads. */
export type Scraping = {
  /** Measures for Prometheus, and for the providers that are registered globally. */
  readonly telemetry: Telemetry
  /** Everything that was measured, in Prometheus' text format. A gauge that cannot be read is left out. */
  scrape(): Promise<string>
  close(): Promise<void>
}

/** Starts to measure for Prometheus. The exporter's own server stays closed: a server of ours responds with `scrape`. */
export function startScraping(): Scraping {
  const reader = new PrometheusExporter({ preventServerStart: true })
  const serializer = new PrometheusSerializer()
  const provider = new MeterProvider({ readers: [reader] })
  return {
    telemetry: alsoMeasuring(openTelemetry(), createMeter(provider.getMeter('tidemark'))),
    async scrape() {
      const { resourceMetrics } = await reader.collect()
      return serializer.serialize(withUnits(resourceMetrics))
    },
    close: () => provider.shutdown(),
  }
}
