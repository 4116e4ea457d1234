import type { MeterEvent } from '../events.ts'
import type { MeterState } from '../meter.ts'

/** Reminds of a meter that is not activated, once. Nothing happens if it was activated or deregistered meanwhile. */
export function remindOfActivation(state: MeterState): readonly MeterEvent[] {
  if (state.status !== 'registered' || state.activationReminded) return []
  return [{ type: 'MeterActivationReminded', data: {} }]
}

/** Ends the time in which a meter can be activated. Nothing happens if it was activated or deregistered meanwhile. */
export function expireActivation(state: MeterState): readonly MeterEvent[] {
  return state.status === 'registered' ? [{ type: 'MeterActivationExpired', data: {} }] : []
}
