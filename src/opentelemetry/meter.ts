import type { Meter, Observable } from '@opentelemetry/api'
import { DURATION_BOUNDARIES } from '../core/telemetry/durations.ts'
import {
  type Attributes,
  type CounterName,
  type GaugeName,
  type HistogramName,
  METRICS,
  type Telemetry,
  type TimerName,
} from '../core/telemetry/telemetry.ts'

/** Creates an instrument for each metric. */
export function createMeter(meter: Meter): Pick<Telemetry, 'count' | 'time' | 'record' | 'observe'> {
  const counters = new Map<CounterName, (amount: number, attributes: Attributes) => void>()
  const histograms = new Map<TimerName | HistogramName, (value: number, attributes: Attributes) => void>()
  const gauges = new Map<GaugeName, Observable>()
  for (const [name, metric] of Object.entries(METRICS)) {
    const { kind, unit, description } = metric
    if (kind === 'counter') {
      const counter = meter.createCounter(name, { unit, description })
      counters.set(name as CounterName, (amount, attributes) => counter.add(amount, attributes))
    } else if (kind === 'gauge') {
      gauges.set(name as GaugeName, meter.createObservableGauge(name, { unit, description }))
    } else {
      const boundaries = kind === 'timer' ? DURATION_BOUNDARIES : metric.boundaries
      const advice = { explicitBucketBoundaries: [...boundaries] }
      const histogram = meter.createHistogram(name, { unit, description, advice })
      histograms.set(name as TimerName | HistogramName, (value, attributes) => histogram.record(value, attributes))
    }
  }
  return {
    count(name, amount, attributes) {
      if (amount > 0) counters.get(name)?.(amount, attributes)
    },
    time(name, attributes) {
      const begun = performance.now()
      return (known) => {
        const seconds = (performance.now() - begun) / 1000
        histograms.get(name)?.(seconds, known ? { ...attributes, ...known } : attributes)
      }
    },
    record: (name, value, attributes) => histograms.get(name)?.(value, attributes),
    observe(read) {
      const observed = [...gauges.values()]
      const observe: Parameters<Meter['addBatchObservableCallback']>[0] = async (result) => {
        for (const { gauge, value, attributes } of await read()) {
          result.observe(gauges.get(gauge) as Observable, value, attributes)
        }
      }
      meter.addBatchObservableCallback(observe, observed)
      return () => meter.removeBatchObservableCallback(observe, observed)
    },
  }
}
