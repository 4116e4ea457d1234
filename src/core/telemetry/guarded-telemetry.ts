import { ignoreRejection, isThenable, notify } from '../async/callbacks.ts'
import { noTelemetry, type Telemetry } from './telemetry.ts'

/**
 * Telemetry that cannot disturb what it measures. Whatever its functions throw is ignored, and so are promises of
 * theirs that reject; a span always ends as its work did, and the work runs once, even if the span fails.
 *
 * @param telemetry the application's; without one nothing is measured
 */
export function guardedTelemetry(telemetry: Telemetry | undefined): Telemetry {
  if (telemetry === undefined || telemetry === noTelemetry) return noTelemetry
  return {
    count: (counter, amount, attributes) => notify(() => telemetry.count(counter, amount, attributes)),
    time(timer, attributes) {
      const stop = attempt(() => telemetry.time(timer, attributes))
      return (known) => notify(stop, known)
    },
    record: (histogram, value, attributes) => notify(() => telemetry.record(histogram, value, attributes)),
    observe(read) {
      const unobserve = attempt(() => telemetry.observe(() => read().catch(() => [])))
      return () => notify(unobserve)
    },
    async span(start, work) {
      let working: ReturnType<typeof work> | undefined
      try {
        await telemetry.span(start, (traceparent) => (working ??= work(traceparent)))
      } catch {}
      return working ?? work(undefined)
    },
  }
}

function attempt<T>(call: () => T): T | undefined {
  try {
    const returned = call()
    if (!isThenable(returned)) return returned
    ignoreRejection(returned)
  } catch {}
  return undefined
}
