import { InvalidOption } from '../../core/errors/input.ts'
import { DEFAULT_THRESHOLDS, type ThresholdOptions, type Thresholds } from './thresholds.ts'

type Numbers = { readonly [name: string]: number }

/**
 * The thresholds with those that are given.
 *
 * @throws InvalidOption for a name that does not exist, for what is not a positive number, and for an alert that would
 *   not be calm below its threshold
 */
export function thresholdsWith(given: ThresholdOptions = {}): Thresholds {
  const known = DEFAULT_THRESHOLDS as unknown as { readonly [name: string]: number | Numbers }
  const all = merged('thresholds', known, given) as unknown as Thresholds
  for (const name of ['lag', 'throttled', 'wal', 'skew'] as const) {
    const {
      calm = 0,
      warning,
      critical = Number.POSITIVE_INFINITY,
    } = all[name] as Partial<Numbers> & { warning: number }
    if (calm > warning || warning > critical)
      throw new InvalidOption(`thresholds.${name}`, 'in the order calm, warning, critical', all[name])
  }
  if (all.disk.critical > all.disk.warning)
    throw new InvalidOption('thresholds.disk', 'smaller for critical than for warning', all.disk)
  return all
}

function merged(path: string, known: { readonly [name: string]: number | Numbers }, given: object): object {
  if (typeof given !== 'object' || given === null || Array.isArray(given))
    throw new InvalidOption(path, 'an object', given)
  const found = Object.entries(given).map(([name, value]) => {
    const own = Object.hasOwn(known, name) ? known[name] : undefined
    if (own === undefined) throw new InvalidOption(path, `an object of ${Object.keys(known).join(', ')}`, name)
    if (typeof own === 'object') return [name, merged(`${path}.${name}`, own, value)]
    if (typeof value !== 'number' || !(value > 0))
      throw new InvalidOption(`${path}.${name}`, 'a positive number', value)
    return [name, value]
  })
  return { ...known, ...Object.fromEntries(found) }
}
