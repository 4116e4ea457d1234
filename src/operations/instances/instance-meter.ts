import { DURATION_BOUNDARIES } from '../../core/telemetry/durations.ts'
import { noTelemetry, type Telemetry } from '../../core/telemetry/telemetry.ts'
import { telemetrySink } from '../../core/telemetry/telemetry-sink.ts'
import type { InstanceReport } from '../model/instance-report.ts'
import { addDurations, addTotals, type Durations, type Totals } from './sums.ts'

/** Sums what a process does, for its reports. */
export type InstanceMeter = {
  /** Where the process sends its measurements; pass it as `telemetry`. */
  readonly telemetry: Telemetry
  /** What was summed since the meter was created. */
  read(): Promise<Pick<InstanceReport, 'totals' | 'durations'>>
}

/**
 * Creates a meter. Open the storage with its telemetry, so that what the database charges is summed as well.
 *
 * @param next where everything is sent as well; by default nowhere
 */
export function instanceMeter(next: Telemetry = noTelemetry): InstanceMeter {
  const sink = telemetrySink({ next })
  const totals: Totals = {}
  const durations: Durations = {}
  return {
    // Gauges are for others: reading them would read the storage.
    telemetry: { ...sink.telemetry, observe: (read) => next.observe(read) },
    async read() {
      const collected = await sink.collect()
      addTotals(totals, collected)
      addDurations(durations, collected)
      const buckets = Object.entries(durations).map(([name, counts]) => {
        return [name, { boundaries: DURATION_BOUNDARIES, counts }] as const
      })
      return { totals: { ...totals }, durations: Object.fromEntries(buckets) }
    },
  }
}
