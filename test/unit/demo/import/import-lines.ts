import { repository } from '../../../../src/aggregates/repository.ts'
import { meter } from '../../../../src/demo/domain/meters/meter.ts'
import type { LayoutOptions } from '../../../../src/demo/import/file-layout.ts'
import { type ImportOptions, importRows } from '../../../../src/demo/import/import-rows.ts'
import { openFile } from '../../../../src/demo/import/reading/open-file.ts'
import { type Counts, startReport } from '../../../../src/demo/import/report.ts'
import { type MemoryStorage, openMemory } from '../../../../src/testing/memory/index.ts'
import { tempFile } from './temp-file.ts'

/** The header of household data with these meters. */
export const household = (...meters: string[]): string =>
  ['utc_timestamp', 'cet_cest_timestamp', ...meters, 'interpolated_values'].join(',')

/** A row of household data. */
export const row = (time: string, ...registers: (number | string)[]): string => [time, '', ...registers, ''].join(',')

/** What an import came to, and what it said. */
export type Imported = { readonly counts: Counts; readonly messages: readonly string[] }

/** A storage in memory that files are imported into. */
export function importer(storage: MemoryStorage = openMemory({ ranges: 2 })) {
  const meters = repository(storage, meter)
  return {
    storage,
    meters,
    /** Imports a file `meters.csv` of these lines. */
    async lines(
      lines: readonly string[],
      { signal = new AbortController().signal, meters: other = meters, ...options }: LineOptions = {},
    ): Promise<Imported> {
      await using file = await tempFile('meters.csv', lines.join('\n'))
      const messages: string[] = []
      const report = startReport('meters.csv', (message) => messages.push(message))
      const source = await openFile({ file: file.path, ...options })
      await importRows({ ...source, meters: other, report, signal, now: Date.parse('2026-06-01T00:00:00Z') })
      return { counts: report.counts, messages }
    },
    /** The readings of a meter in a year as they are stored: date, then timestamp and value, `!` for a gap. */
    async readings(meterId: string, year: string): Promise<readonly (readonly string[])[]> {
      const days: string[][] = []
      for await (const { eventType, eventData } of storage.events.read(`meter:${meterId}:${year}`)) {
        if (eventType !== 'MeterReadingsCollected') continue
        const { date, readings } = eventData as { date: string; readings: StoredReading[] }
        days.push([
          date,
          ...readings.map(({ timestamp, value, gap }) => `${timestamp.slice(11, 16)} ${value}${gap ? '!' : ''}`),
        ])
      }
      return days
    },
  }
}

type LineOptions = Omit<LayoutOptions, 'file'> & Partial<Pick<ImportOptions, 'signal' | 'meters'>>

type StoredReading = { readonly timestamp: string; readonly value: number; readonly gap?: true }
