import { type MeterProvider, metrics, type TracerProvider, trace } from '@opentelemetry/api'
import type { Telemetry } from '../core/telemetry/telemetry.ts'
import { createMeter } from './meter.ts'
import { createTracing } from './tracing.ts'

// Published as `tidemark/opentelemetry`. It needs `@opentelemetry/api`, and nothing else does.

/** Where measurements and spans go; by default the providers that are registered globally. */
export type OpenTelemetryOptions = {
  readonly meterProvider?: MeterProvider
  readonly tracerProvider?: TracerProvider
}

const SCOPE = 'tidemark'

/**
 * Hands Tidemark's measurements and traces to OpenTelemetry. Register the providers before: instruments of a meter that
 * is made earlier measure nothing.
 */
export function openTelemetry({
  meterProvider = metrics,
  tracerProvider = trace,
}: OpenTelemetryOptions = {}): Telemetry {
  return { ...createMeter(meterProvider.getMeter(SCOPE)), ...createTracing(tracerProvider.getTracer(SCOPE)) }
}
