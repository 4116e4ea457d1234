import type { Meter, Observable } from '@opentelemetry/api'
import {
  type Attributes,
  type CounterName,
  type GaugeName,
  METRICS,
  type Telemetry,
  type TimerName,
} from '../core/telemetry/telemetry.ts'

// Those that OpenTelemetry's conventions recommend for durations in seconds, and finer ones, because folding takes
// microseconds.
const SECONDS = [0.00001, 0.0001, 0.0005, 0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10]

/** Creates an instrument for each metric. */
export function createMeter(meter: Meter): Pick<Telemetry, 'count' | 'time' | 'observe'> {
  const counters = new Map<CounterName, (amount: number, attributes: Attributes) => void>()
  const timers = new Map<TimerName, (seconds: number, attributes: Attributes) => void>()
  const gauges = new Map<GaugeName, Observable>()
  for (const [name, { kind, unit, description }] of Object.entries(METRICS)) {
    if (kind === 'counter') {
      const counter = meter.createCounter(name, { unit, description })
      counters.set(name as CounterName, (amount, attributes) => counter.add(amount, attributes))
    } else if (kind === 'timer') {
      const advice = { explicitBucketBoundaries: SECONDS }
      const histogram = meter.createHistogram(name, { unit, description, advice })
      timers.set(name as TimerName, (seconds, attributes) => histogram.record(seconds, attributes))
    } else {
      gauges.set(name as GaugeName, meter.createObservableGauge(name, { unit, description }))
    }
  }
  return {
    count(name, amount, attributes) {
      if (amount > 0) counters.get(name)?.(amount, attributes)
    },
    time(name, attributes) {
      const begun = performance.now()
      return () => timers.get(name)?.((performance.now() - begun) / 1000, attributes)
    },
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
