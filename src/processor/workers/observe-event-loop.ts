import type { Telemetry } from '../../core/telemetry/telemetry.ts'
import { createLoadMeter } from './worker-load.ts'

/** Measures by how much the event loop of this process is late, until the returned function is called. */
export function observeEventLoop(telemetry: Telemetry): () => void {
  const meter = createLoadMeter()
  let latest = meter.read()
  const unobserve = telemetry.observe(async () => {
    latest = meter.read() ?? latest
    return latest === null ? [] : [{ gauge: 'nodejs.eventloop.delay.p99', value: latest.delay / 1_000, attributes: {} }]
  })
  return () => {
    unobserve()
    meter.stop()
  }
}
