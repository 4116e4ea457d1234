import { type MeterProvider, metrics, type TracerProvider, trace } from '@opentelemetry/api'
import type { Telemetry } from '../core/telemetry/telemetry.ts'
import { createMeter } from './meter.ts'
import { createTracing } from './tracing.ts'

// Published as `tidemark/opentelemetry`, the only part that needs `@opentelemetry/api`.

/** Where measurements and spans are sent; by default the providers that are registered globally. */
export type OpenTelemetryOptions = {
  readonly meterProvider?: MeterProvider
  readonly tracerProvider?: TracerProvider
}

const SCOPE = 'tidemark'

/**
 * Sends Tidemark's measurements and traces to OpenTelemetry. Register the providers first: instruments of a meter that
 * was created earlier measure nothing.
 */
export function openTelemetry({
  meterProvider = metrics,
  tracerProvider = trace,
}: OpenTelemetryOptions = {}): Telemetry {
  return { ...createMeter(meterProvider.getMeter(SCOPE)), ...createTracing(tracerProvider.getTracer(SCOPE)) }
}
