import type { ResourceMetrics } from '@opentelemetry/sdk-metrics'

const SUFFIXES: { readonly [unit: string]: string } = { s: 'seconds', ms: 'milliseconds', By: 'bytes' }

/**
 * Appends units to the names of metrics, as OpenTelemetry's specification of its compatibility with Prometheus demands
 * and collectors do, so that rules fit either way. The exporter itself leaves names as they are.
 */
export const withUnits = (measured: ResourceMetrics): ResourceMetrics => ({
  ...measured,
  scopeMetrics: measured.scopeMetrics.map(({ scope, metrics }) => ({
    scope,
    metrics: metrics.map((metric) => {
      const { name, unit } = metric.descriptor
      return { ...metric, descriptor: { ...metric.descriptor, name: suffixed(name, SUFFIXES[unit]) } }
    }),
  })),
})

const suffixed = (name: string, suffix: string | undefined): string =>
  suffix === undefined || name.endsWith(suffix) ? name : `${name}_${suffix}`
