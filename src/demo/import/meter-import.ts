import { PeriodClosed, StreamDeleted } from '../../core/errors/append.ts'
import type { TidemarkError } from '../../core/errors/base.ts'
import { InvalidEventData } from '../../core/errors/input.ts'
import { MeterIsDeregistered, MeterNotActive, ReadingsAlreadyCollected } from '../domain/errors.ts'
import { type DayOfReadings, INTERVALS, inferInterval } from '../domain/meters/readings.ts'
import type { Layout } from './file-layout.ts'
import { lane } from './import-lane.ts'
import { type Day, meterDays } from './meter-days.ts'
import { type Meters, meterWriter } from './meter-writer.ts'
import type { Sample } from './reading/difference.ts'
import { toKwh } from './reading/energy.ts'
import { formatTimestamp, MINUTE } from './reading/timestamp.ts'
import type { Report } from './report.ts'

/** The import of one meter's column. */
export type MeterImport = {
  readonly id: string
  /** Adds a sample; resolves when it can accept more. @throws what writing an earlier day threw */
  add(sample: Sample): Promise<void>
  /** Writes the last day, too. @throws as `add` does */
  end(): Promise<void>
  /** Resolves when every complete day is written, or nothing more will be. @throws as `add` does */
  written(): Promise<void>
}

/** What the import of a meter requires. */
export type MeterImportOptions = {
  readonly layout: Layout
  readonly meters: Meters
  readonly report: Report
  /** Stops it after the running command. */
  readonly signal: AbortSignal
}

const MOST_WAITING_DAYS = 32

/** Starts the import of one meter. */
export function startMeter(id: string, { layout, meters, report, signal }: MeterImportOptions): MeterImport {
  const { counts } = report
  const write = meterWriter(meters, id)
  let began = false
  const days = meterDays({
    values: layout.format.values,
    step: layout.step,
    refuse: (line, reason) => report.refuse(line, `${id}: ${reason}`),
  })
  const queue = lane(async (day: Day) => {
    // The last day that was read before a stop may be incomplete, so it must not be written either.
    if (signal.aborted) return
    try {
      const { outcome, events } = await write(toReadings(day, layout.step))
      counts.events += events
      if (outcome === 'added') counts.days++
      else counts.repeated++
      if (!began) counts.meters++
      began = true
    } catch (error) {
      if (!isRefusal(error)) throw error
      report.refuseDay(
        day.intervals.map(({ line }) => line),
        `${id}: ${error.message}`,
      )
    }
  }, MOST_WAITING_DAYS)
  const push = async (day: Day | undefined) => {
    if (day !== undefined) await queue.push(day)
  }
  return {
    id,
    add: (sample) => push(days.add(sample)),
    end: () => push(days.end()),
    written: queue.done,
  }
}

/** Whether the domain refused one day, and not the storage everything. */
const isRefusal = (error: unknown): error is TidemarkError =>
  [ReadingsAlreadyCollected, PeriodClosed, MeterNotActive, MeterIsDeregistered, StreamDeleted, InvalidEventData].some(
    (kind) => error instanceof kind,
  )

function toReadings({ date, intervals }: Day, step: number): DayOfReadings {
  const readings = intervals.map(({ time, energy, gap }) => ({
    timestamp: formatTimestamp(time),
    value: toKwh(energy),
    ...(gap && { gap: true as const }),
  }))
  const ofFile = INTERVALS.find((minutes) => minutes * MINUTE === step)
  const fits = ofFile !== undefined && intervals.every(({ time }) => time % step === 0)
  return { date, interval: fits ? ofFile : inferInterval(readings.map(({ timestamp }) => timestamp)), readings }
}
