import type { Meter, Observable } from '@opentelemetry/api'
import { DURATION_BOUNDARIES } from '../core/telemetry/durations.ts'
import {
  type Attributes,
  type CounterName,
  type GaugeName,
  METRICS,
  type Telemetry,
  type TimerName,
} from '../core/telemetry/telemetry.ts'

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
      const advice = { explicitBucketBoundaries: [...DURATION_BOUNDARIES] }
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
