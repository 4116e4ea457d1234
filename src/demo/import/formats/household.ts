import type { Format } from './format.ts'

const NO_METER = new Set(['', 'cet_cest_timestamp', 'interpolated_values'])

/**
 * Household data of Open Power System Data: one column for each meter, named by its header, each value the meter's
 * register in kWh. A register is read at its timestamp, so an interval ends there. An empty cell is a reading that was
 * never made. Values that the publisher filled in (see the column `interpolated_values`) count as readings. The local
 * time beside the UTC one is ignored.
 *
 * See https://data.open-power-system-data.org/household_data/.
 */
export const household: Format = {
  name: 'household',
  values: 'registers',
  grid: 15,
  recognises: (header) => header[0] === 'utc_timestamp' && header.length > 1,
  columns: (header) => header.flatMap((meter, index) => (index === 0 || NO_METER.has(meter) ? [] : [{ index, meter }])),
}
