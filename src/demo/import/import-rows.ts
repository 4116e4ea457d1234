import type { Layout } from './file-layout.ts'
import { meterIdFault } from './meter-id.ts'
import { type MeterImport, startMeter } from './meter-import.ts'
import type { Meters } from './meter-writer.ts'
import { parseEnergy } from './reading/energy.ts'
import type { OpenFile } from './reading/open-file.ts'
import { type TimedRow, timedRows } from './reading/timed-rows.ts'
import type { Report } from './report.ts'

/** What an import requires. */
export type ImportOptions = Pick<OpenFile, 'layout' | 'rows'> & {
  readonly meters: Meters
  readonly report: Report
  /** Stops the import after the running commands; an incomplete day is then not written. */
  readonly signal: AbortSignal
  /** Milliseconds since 1970. */
  readonly now: number
}

/**
 * Imports the rows of one file: its meters concurrently, the days of each in order. Memory holds a day for each meter
 * and a few days that wait to be written. Unusable lines are reported, and the import continues; after an interruption
 * or a failure the same import can be run again, and resumes.
 *
 * @throws what reading the file or the storage throws
 */
export async function importRows({ layout, rows, meters, report, signal, now }: ImportOptions): Promise<void> {
  const failed = new AbortController()
  const stopped = AbortSignal.any([signal, failed.signal])
  const start = (meterId: string) => startMeter(meterId, { layout, meters, report, signal: stopped })
  const columns = startColumns(layout, start, report)
  try {
    for await (const row of timedRows(rows, { ...layout, now, refuse: report.refuse })) {
      if (signal.aborted) break
      await addRow(row, columns, report)
    }
    for (const { meter } of columns) await meter.end()
    for (const { meter } of columns) await meter.written()
  } catch (error) {
    failed.abort()
    throw error
  } finally {
    await Promise.allSettled(columns.map(({ meter }) => meter.written()))
  }
}

type ImportedColumn = { readonly index: number; readonly meter: MeterImport }

function startColumns(
  { columns }: Layout,
  start: (meterId: string) => MeterImport,
  report: Report,
): readonly ImportedColumn[] {
  const seen = new Set<string>()
  return columns.flatMap(({ index, meter: meterId }) => {
    const fault = seen.has(meterId) ? 'an earlier column has the same name' : meterIdFault(meterId)
    seen.add(meterId)
    if (fault === undefined) return [{ index, meter: start(meterId) }]
    report.refuse(1, `${JSON.stringify(meterId)} cannot be a meter: ${fault}`)
    return []
  })
}

async function addRow({ line, time, cells }: TimedRow, columns: readonly ImportedColumn[], report: Report) {
  for (const { index, meter } of columns) {
    const cell = cells[index] as string
    // A reading that was never made.
    if (cell === '') continue
    const energy = parseEnergy(cell)
    if (energy === undefined) report.refuse(line, `${meter.id}: ${JSON.stringify(cell)} is not a number`)
    else if (energy < 0n) report.refuse(line, `${meter.id}: ${cell} is below zero`)
    else await meter.add({ line, time, energy })
  }
}
