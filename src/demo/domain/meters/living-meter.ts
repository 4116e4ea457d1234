import { MeterIsDeregistered, MeterNotFound } from '../errors.ts'
import type { MeterState } from './meter.ts'

/** Checks that a meter exists and accepts commands. @throws MeterNotFound, MeterIsDeregistered */
export function assertLiving(state: MeterState, meterId: string): void {
  if (state.status === 'unknown') throw new MeterNotFound(meterId)
  if (state.status === 'deregistered') throw new MeterIsDeregistered(meterId)
}
