import type { MeterEvent } from './events.ts'
import { assertLiving } from './living-meter.ts'
import type { MeterState } from './meter.ts'

/** Ends a meter's life; its id can never be used again. @throws MeterNotFound, MeterIsDeregistered */
export function deregister(state: MeterState, { meterId }: { readonly meterId: string }): MeterEvent {
  assertLiving(state, meterId)
  return { type: 'MeterDeregistered', data: {} }
}
