import { MeterNotActive, ReadingsAlreadyCollected } from '../errors.ts'
import type { MeterEvent } from './events.ts'
import { assertLiving } from './living-meter.ts'
import type { MeterState } from './meter.ts'
import { type DayOfReadings, digestOf } from './readings.ts'

/** A meter's readings of one day. */
export type Collection = DayOfReadings & { readonly meterId: string }

/**
 * Records a day's readings; nothing is decided if the day already has the same ones.
 *
 * @throws MeterNotFound, MeterIsDeregistered, MeterNotActive, ReadingsAlreadyCollected
 */
export function collectReadings(state: MeterState, { meterId, ...day }: Collection): readonly MeterEvent[] {
  assertLiving(state, meterId)
  if (state.status !== 'active') throw new MeterNotActive(meterId)
  const before = state.collected[day.date]
  if (before === undefined) return [{ type: 'MeterReadingsCollected', data: day }]
  if (before.digest === digestOf(day.readings)) return []
  throw new ReadingsAlreadyCollected(meterId, day.date, before.version)
}
