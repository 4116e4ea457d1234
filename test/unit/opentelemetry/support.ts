import { context, type trace } from '@opentelemetry/api'
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks'
import {
  AggregationTemporality,
  DataPointType,
  InMemoryMetricExporter,
  MeterProvider,
  PeriodicExportingMetricReader,
} from '@opentelemetry/sdk-metrics'
import { BasicTracerProvider, InMemorySpanExporter, SimpleSpanProcessor } from '@opentelemetry/sdk-trace-base'
import type { Telemetry } from '../../../src/core/telemetry/telemetry.ts'
import { openTelemetry } from '../../../src/opentelemetry/index.ts'

/** A metric as it was exported: its unit, and each point's attributes and value; of a histogram, how many values. */
export type Exported = {
  readonly unit: string
  readonly points: readonly { readonly attributes: Readonly<Record<string, unknown>>; readonly value: number }[]
}

/** OpenTelemetry's own SDK, which exports into memory. */
export function recording(): AsyncDisposable & {
  readonly telemetry: Telemetry
  readonly tracer: ReturnType<typeof trace.getTracer>
  readonly spans: InMemorySpanExporter
  metrics(): Promise<Readonly<Record<string, Exported>>>
} {
  const spans = new InMemorySpanExporter()
  const tracerProvider = new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(spans)] })
  const exporter = new InMemoryMetricExporter(AggregationTemporality.CUMULATIVE)
  const reader = new PeriodicExportingMetricReader({ exporter, exportIntervalMillis: 3_600_000 })
  const meterProvider = new MeterProvider({ readers: [reader] })
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable())
  return {
    telemetry: openTelemetry({ meterProvider, tracerProvider }),
    tracer: tracerProvider.getTracer('test'),
    spans,
    async metrics() {
      exporter.reset()
      await reader.forceFlush()
      const all = exporter.getMetrics().flatMap(({ scopeMetrics }) => scopeMetrics.flatMap(({ metrics }) => metrics))
      return Object.fromEntries(
        all.map(({ descriptor, ...metric }) => {
          const points =
            metric.dataPointType === DataPointType.HISTOGRAM
              ? metric.dataPoints.map(({ attributes, value }) => ({ attributes, value: value.count }))
              : metric.dataPointType === DataPointType.EXPONENTIAL_HISTOGRAM
                ? []
                : metric.dataPoints.map(({ attributes, value }) => ({ attributes, value }))
          return [descriptor.name, { unit: descriptor.unit, points }]
        }),
      )
    },
    async [Symbol.asyncDispose]() {
      context.disable()
      await Promise.all([meterProvider.shutdown(), tracerProvider.shutdown()])
    },
  }
}
