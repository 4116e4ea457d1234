import { MeterAlreadyRegistered } from '../errors.ts'
import { hashActivationCode } from './activation/activation-code.ts'
import type { MeterEvent } from './events.ts'
import type { MeterState } from './meter.ts'

/** The data of a registration. */
export type Registration = {
  readonly meterId: string
  /** The customer who lives there, if one is known. */
  readonly customerId?: string | undefined
  readonly postalCode: string
  readonly houseNumber: string
  /** The code with which the meter is activated later. */
  readonly activationCode: string
  /** The day that the registration belongs to, if it is not today. */
  readonly registeredOn?: string | undefined
}

/** Registers a meter. @throws MeterAlreadyRegistered also if the meter was deregistered since */
export function register(
  state: MeterState,
  { customerId, registeredOn, activationCode, ...data }: Registration,
): MeterEvent {
  if (state.status !== 'unknown') throw new MeterAlreadyRegistered(data.meterId)
  const activationCodeHash = hashActivationCode(data.meterId, activationCode)
  const optional = { ...(customerId !== undefined && { customerId }), ...(registeredOn && { registeredOn }) }
  return { type: 'MeterRegistered', data: { ...data, activationCodeHash, ...optional } }
}
