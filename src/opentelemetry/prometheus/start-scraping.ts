import { PrometheusSerializer } from '@opentelemetry/exporter-prometheus'
import { AggregationTemporality, InstrumentType, MeterProvider, MetricReader } from '@opentelemetry/sdk-metrics'
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

/** Starts to measure for Prometheus. The exporter's own server is not used: one of ours responds with `scrape`. */
export function startScraping(): Scraping {
  const reader = new CurrentReader()
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

/**
 * Reads sums since the start, but gauges as they are now. The exporter's own reader goes on reporting the last value of
 * a gauge that is no longer observed, such as that of a range that another worker took.
 */
class CurrentReader extends MetricReader {
  constructor() {
    super({
      aggregationTemporalitySelector: (instrument) =>
        instrument === InstrumentType.OBSERVABLE_GAUGE
          ? AggregationTemporality.DELTA
          : AggregationTemporality.CUMULATIVE,
    })
  }

  protected override async onForceFlush(): Promise<void> {}

  protected override async onShutdown(): Promise<void> {}
}
