import { hashActivationCode } from './activation-code.ts'
import { MeterAlreadyRegistered } from './errors.ts'
import type { MeterEvent } from './events.ts'
import type { MeterState } from './meter.ts'

/** The data of a registration. */
export type Registration = {
  readonly meterId: string
  readonly postalCode: string
  readonly houseNumber: string
  /** The code with which the meter is activated later. */
  readonly activationCode: string
  /** The day that the registration belongs to, if it is not today. */
  readonly registeredOn?: string | undefined
}

/** Registers a meter. @throws MeterAlreadyRegistered also if the meter was deregistered since */
export function register(state: MeterState, { registeredOn, activationCode, ...data }: Registration): MeterEvent {
  if (state.status !== 'unknown') throw new MeterAlreadyRegistered(data.meterId)
  const activationCodeHash = hashActivationCode(data.meterId, activationCode)
  return { type: 'MeterRegistered', data: { ...data, activationCodeHash, ...(registeredOn && { registeredOn }) } }
}
