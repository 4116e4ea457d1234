import type { Telemetry } from '../../core/telemetry/telemetry.ts'

/** Measures twice. Spans are those of `telemetry`. */
export const alsoMeasuring = (telemetry: Telemetry, meter: Omit<Telemetry, 'span'>): Telemetry => ({
  span: telemetry.span,
  count(...measured) {
    telemetry.count(...measured)
    meter.count(...measured)
  },
  time(...started) {
    const stops = [telemetry.time(...started), meter.time(...started)]
    return (known) => {
      for (const stop of stops) stop(known)
    }
  },
  record(...measured) {
    telemetry.record(...measured)
    meter.record(...measured)
  },
  observe(read) {
    const ends = [telemetry.observe(read), meter.observe(read)]
    return () => {
      for (const end of ends) end()
    }
  },
})
