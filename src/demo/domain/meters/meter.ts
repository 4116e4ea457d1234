import { defineAggregate } from '../../../aggregates/aggregate.ts'
import type { MeterEvent } from './events.ts'
import { meterEvents } from './events.ts'
import { digestOf } from './readings.ts'

/** The state that a meter's commands are decided on: that of the open year. */
export type MeterState = {
  /** `unknown` if the meter was not registered. */
  readonly status: 'unknown' | 'registered' | 'active' | 'expired' | 'deregistered'
  readonly meterId: string
  /** The customer who lives there, if one is known. */
  readonly customerId: string | null
  /** Whether the customer was forgotten, so that postal code and house number are stand-ins. */
  readonly addressForgotten: boolean
  readonly postalCode: string
  readonly houseNumber: string
  /** See `hashActivationCode`. */
  readonly activationCodeHash: string
  /** Whether a reminder that the meter is not activated was sent. */
  readonly activationReminded: boolean
  /** The date of the registration, or null if it was the day of its recording. */
  readonly registeredOn: string | null
  readonly failedActivationAttempts: number
  /** The latest day, over all years, that has readings. */
  readonly latestReadingDate: string | null
  /** The days of this year that have readings: their versions, and a digest to recognise repeats. */
  readonly collected: { readonly [date: string]: { readonly version: number; readonly digest: string } }
}

const initial: MeterState = {
  status: 'unknown',
  meterId: '',
  customerId: null,
  addressForgotten: false,
  postalCode: '',
  houseNumber: '',
  activationCodeHash: '',
  activationReminded: false,
  registeredOn: null,
  failedActivationAttempts: 0,
  latestReadingDate: null,
  collected: {},
}

/** A meter: one stream for each year, `meter:<id>:<year>`. */
export const meter = defineAggregate({
  category: 'meter',
  events: meterEvents,
  initial,
  evolve: {
    MeterRegistered: (state, { data: { customerId = null, registeredOn = null, ...data }, redacted }) => ({
      ...state,
      ...data,
      customerId,
      addressForgotten: redacted !== undefined,
      registeredOn,
      status: 'registered',
    }),
    MeterActivated: (state) => ({ ...state, status: 'active' }),
    MeterActivationReminded: (state) => ({ ...state, activationReminded: true }),
    MeterActivationExpired: (state) => ({ ...state, status: 'expired' }),
    MeterActivationFailed: (state) => ({ ...state, failedActivationAttempts: state.failedActivationAttempts + 1 }),
    MeterReadingsCollected: (state, { data: { date, readings }, version }) => ({
      ...state,
      latestReadingDate: date > (state.latestReadingDate ?? '') ? date : state.latestReadingDate,
      collected: { ...state.collected, [date]: { version, digest: digestOf(readings) } },
    }),
    MeterDeregistered: (state) => ({ ...state, status: 'deregistered' }),
    MeterYearOpened: (_, { data: { customerId = null, registeredOn = null, ...data }, redacted }) => ({
      ...data,
      activationReminded: data.activationReminded === true,
      customerId,
      addressForgotten: data.addressForgotten === true || redacted !== undefined,
      registeredOn,
      collected: {},
    }),
  },
  periods: { carry: yearOpened },
})

function yearOpened({
  status,
  customerId,
  addressForgotten,
  activationReminded,
  registeredOn,
  collected: _,
  ...state
}: MeterState): MeterEvent {
  // The books of an unregistered meter cannot be closed, because it has none.
  if (status === 'unknown') throw new TypeError('An unknown meter has no state to carry into another year')
  return {
    type: 'MeterYearOpened',
    data: {
      ...state,
      status,
      ...(customerId !== null && { customerId }),
      // Nothing can be sealed for a customer who was forgotten, and the meter stays in use.
      ...(addressForgotten && { addressForgotten }),
      ...(activationReminded && { activationReminded }),
      ...(registeredOn && { registeredOn }),
    },
  }
}
