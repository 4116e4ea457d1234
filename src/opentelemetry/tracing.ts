import {
  context,
  isSpanContextValid,
  ROOT_CONTEXT,
  type SpanContext,
  SpanKind,
  SpanStatusCode,
  TraceFlags,
  type Tracer,
  trace,
} from '@opentelemetry/api'
import type { Telemetry } from '../core/telemetry/telemetry.ts'

const KINDS = { producer: SpanKind.PRODUCER, consumer: SpanKind.CONSUMER }

/** Creates the function that runs work in spans. */
export function createTracing(tracer: Tracer): Pick<Telemetry, 'span'> {
  return {
    span({ name, kind, attributes, origins = [] }, work) {
      const spans = origins.map(parseTraceparent).filter((origin) => origin !== undefined)
      // A sampler follows the parent: one that is not sampled would hide those that are.
      const parent = spans.find(({ traceFlags }) => traceFlags === TraceFlags.SAMPLED) ?? spans[0]
      const links = spans.filter((other) => other !== parent).map((other) => ({ context: other }))
      const before = parent ? trace.setSpanContext(ROOT_CONTEXT, parent) : context.active()
      return tracer.startActiveSpan(name, { kind: KINDS[kind], attributes, links }, before, async (span) => {
        try {
          return await work(formatTraceparent(span.spanContext()))
        } catch (error) {
          const message = error instanceof Error ? error.message : String(error)
          if (error instanceof Error) span.recordException(error)
          span.setStatus({ code: SpanStatusCode.ERROR, message })
          throw error
        } finally {
          span.end()
        }
      })
    },
  }
}

// Version 00 of https://www.w3.org/TR/trace-context; later ones may only add to its end.
const TRACEPARENT = /^(?!ff)[0-9a-f]{2}-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(?:-|$)/

/** The span that a text names, or undefined if it is invalid, because metadata may contain anything. */
function parseTraceparent(text: string): SpanContext | undefined {
  const [, traceId = '', spanId = '', flags = ''] = TRACEPARENT.exec(text) ?? []
  const origin = { traceId, spanId, traceFlags: Number.parseInt(flags, 16) & 1, isRemote: true }
  return isSpanContextValid(origin) ? origin : undefined
}

function formatTraceparent(span: SpanContext): string | undefined {
  if (!isSpanContextValid(span)) return undefined
  return `00-${span.traceId}-${span.spanId}-${span.traceFlags.toString(16).padStart(2, '0')}`
}
