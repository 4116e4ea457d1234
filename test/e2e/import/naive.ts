import { readFileSync } from 'node:fs'

// Straight from the CSV and as simple as can be: what the importer and the projections come to is compared with it, so
// it shares nothing with them. It counts in whole steps of the files' decimals: 1e-3 kWh in one file, 1e-7 in the other.

/** What a file says of a meter. */
export type NaiveMeter = {
  /** kWh by UTC date. */
  readonly days: Record<string, number>
  /** Timestamps of the readings, in order. */
  readonly readings: string[]
  /** How many readings end a gap. */
  gaps: number
  /** Steps in all: the last register less the first one, or the sum of the column. */
  total: number
  /** How many steps make a kWh. */
  readonly steps: number
}

/** The daily totals of the household's nine meters: each register less the one before that is not empty. */
export function naiveHousehold(file: string): Map<string, NaiveMeter> {
  const [header = '', ...lines] = readFileSync(file, 'utf8').trim().split('\r\n')
  const meters = new Map<string, NaiveMeter>()
  for (const [index, name] of header.split(',').entries()) {
    if (!name.startsWith('DE_KN_')) continue
    const taken = lines.map((line) => line.split(',')).filter((cells) => cells[index] !== '')
    const meter = emptyMeter(1e3)
    const steps: Record<string, number> = {}
    for (const [i, cells] of taken.entries()) {
      const before = taken[i - 1]
      if (before === undefined) continue
      const time = cells[0] as string
      const used = Math.round(Number(cells[index]) * 1e3) - Math.round(Number(before[index]) * 1e3)
      steps[time.slice(0, 10)] = (steps[time.slice(0, 10)] ?? 0) + used
      meter.readings.push(time)
      if (Date.parse(time) - Date.parse(before[0] as string) !== 3_600_000) meter.gaps++
    }
    for (const [date, used] of Object.entries(steps)) meter.days[date] = used / 1e3
    meter.total = Math.round(Number(taken.at(-1)?.[index]) * 1e3) - Math.round(Number(taken[0]?.[index]) * 1e3)
    meters.set(name, meter)
  }
  return meters
}

/** The daily totals of the London meter: the sum of each day's half hours. */
export function naiveLondon(file: string): NaiveMeter {
  const [, ...lines] = readFileSync(file, 'utf8').trim().split('\n')
  const meter = emptyMeter(1e7)
  const steps: Record<string, number> = {}
  for (const line of lines) {
    const [time = '', kWh] = line.split(',')
    const used = Math.round(Number(kWh) * 1e7)
    steps[time.slice(0, 10)] = (steps[time.slice(0, 10)] ?? 0) + used
    meter.readings.push(`${time.replace(' ', 'T')}Z`)
    meter.total += used
  }
  for (const [date, used] of Object.entries(steps)) meter.days[date] = used / 1e7
  return meter
}

const emptyMeter = (steps: number): NaiveMeter => ({ days: {}, readings: [], gaps: 0, total: 0, steps })
