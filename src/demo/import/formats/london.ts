import type { Format } from './format.ts'

/**
 * Half-hourly data of Low Carbon London, one meter in each file: a timestamp and the consumption of that half hour in
 * kWh. The publisher does not say at which end of its half hour the timestamp is; the importer keeps it as it is, so a
 * file's day from 00:00 to 23:30 stays one day. There is no register, hence no gap: a missing half hour cannot be
 * detected.
 *
 * See https://data.london.gov.uk/dataset/smartmeter-energy-use-data-in-london-households.
 */
export const london: Format = {
  name: 'london',
  values: 'intervals',
  grid: 30,
  recognises: (header) => header.length === 2 && /kwh\s*\/\s*hh/i.test(header[1] ?? ''),
  columns: () => [{ index: 1 }],
}
