import { MeterActivationExpired, MeterAlreadyActive } from '../../errors.ts'
import type { MeterEvent } from '../events.ts'
import { assertLiving } from '../living-meter.ts'
import type { MeterState } from '../meter.ts'
import { hashActivationCode } from './activation-code.ts'

/** The attempt to activate a meter. */
export type Activation = {
  readonly meterId: string
  readonly activationCode: string
}

/**
 * Activates a meter, or records that the code was wrong: a failure that must be remembered is an event, not an
 * exception.
 *
 * @throws MeterNotFound, MeterIsDeregistered, MeterAlreadyActive, MeterActivationExpired
 */
export function activate(state: MeterState, { meterId, activationCode }: Activation): MeterEvent {
  assertLiving(state, meterId)
  if (state.status === 'active') throw new MeterAlreadyActive(meterId)
  if (state.status === 'expired') throw new MeterActivationExpired(meterId)
  const isRight = hashActivationCode(meterId, activationCode) === state.activationCodeHash
  if (!isRight) return { type: 'MeterActivationFailed', data: {} }
  return { type: 'MeterActivated', data: {} }
}
