import { z } from 'zod'
import { defineEvents } from '../../../core/events/define-events.ts'
import type { NewEventOf } from '../../../core/events/types.ts'
import { customerIdSchema } from '../customers/customer-id.ts'
import { FORGOTTEN, text } from '../text.ts'
import { withHashedCode } from './activation/activation-code.ts'
import { meterIdSchema } from './meter-id.ts'
import { dateSchema, dayOfReadingsSchema } from './readings.ts'

/** The data of a registration. */
export const registrationSchema = z.strictObject({
  meterId: meterIdSchema,
  /** The customer who lives there: with one, the postal code and the house number are personal data. */
  customerId: customerIdSchema.optional(),
  postalCode: text(20),
  houseNumber: text(20),
  activationCode: text(100),
  /** The day that the registration belongs to, if it is not the day of its recording. */
  registeredOn: dateSchema.optional(),
})

/** The registration as it is stored; see `hashActivationCode`. */
const registeredSchema = registrationSchema.omit({ activationCode: true }).extend({ activationCodeHash: text(100) })

/**
 * The event that opens a later year of a meter: the state at the end of the previous year, without that year's
 * readings.
 */
const carriedStateSchema = registeredSchema.extend({
  status: z.enum(['registered', 'active', 'expired', 'deregistered']),
  /** A reminder that the meter is not activated was sent. */
  activationReminded: z.literal(true).optional(),
  failedActivationAttempts: z.int().min(0),
  latestReadingDate: dateSchema.nullable(),
  /** The customer was forgotten in an earlier year: the address consists of stand-ins, and is no personal data. */
  addressForgotten: z.literal(true).optional(),
})

/** Where a meter is, while its customer is known. */
const ADDRESS = { postalCode: FORGOTTEN, houseNumber: FORGOTTEN } as const

/** The event that begins a meter's life; the address of a meter without a customer is not personal. */
export const meterRegistered = {
  schema: registeredSchema,
  version: 2,
  upcast: { 1: withHashedCode },
  personal: { of: ({ customerId }: z.infer<typeof registeredSchema>) => customerId, fields: ADDRESS },
} as const

/** All events of a meter, in streams `meter:<id>:<year>`. */
export const meterEvents = defineEvents({
  MeterRegistered: meterRegistered,
  MeterActivated: z.strictObject({}),
  /** A wrong activation code was given. */
  MeterActivationFailed: z.strictObject({}),
  /** The meter was not activated for a while: its activation is due. */
  MeterActivationReminded: z.strictObject({}),
  /** The meter was not activated in time: its code is no longer accepted. */
  MeterActivationExpired: z.strictObject({}),
  MeterReadingsCollected: dayOfReadingsSchema,
  MeterDeregistered: z.strictObject({}),
  /** The books of the previous year are closed; the state continues in this stream. */
  MeterYearOpened: {
    schema: carriedStateSchema,
    version: 2,
    upcast: { 1: withHashedCode },
    personal: { of: ({ customerId, addressForgotten }) => (addressForgotten ? null : customerId), fields: ADDRESS },
  },
})

/** An event that a command on a meter decides. */
export type MeterEvent = NewEventOf<typeof meterEvents>
