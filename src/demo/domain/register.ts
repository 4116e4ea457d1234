import { hashActivationCode } from './activation-code.ts'
import { MeterAlreadyRegistered } from './errors.ts'
import type { MeterEvent } from './events.ts'
import type { MeterState } from './meter.ts'

/** What a meter is registered with. */
export type Registration = {
  readonly meterId: string
  readonly postalCode: string
  readonly houseNumber: string
  /** What the meter is activated with later. */
  readonly activationCode: string
  /** The day that the registration belongs to, where it is not today. */
  readonly registeredOn?: string | undefined
}

/** Registers a meter. @throws MeterAlreadyRegistered also when the meter was deregistered since */
export function register(state: MeterState, { registeredOn, activationCode, ...data }: Registration): MeterEvent {
  if (state.status !== 'unknown') throw new MeterAlreadyRegistered(data.meterId)
  const activationCodeHash = hashActivationCode(data.meterId, activationCode)
  return { type: 'MeterRegistered', data: { ...data, activationCodeHash, ...(registeredOn && { registeredOn }) } }
}
