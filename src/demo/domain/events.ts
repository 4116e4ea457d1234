import { z } from 'zod'
import { defineEvents } from '../../core/events/define-events.ts'
import type { NewEventOf } from '../../core/events/types.ts'
import { withHashedCode } from './activation-code.ts'
import { meterIdSchema } from './meter-id.ts'
import { dateSchema, dayOfReadingsSchema } from './readings.ts'

/** Text from a form: not empty, of limited length, and encodable as UTF-8. */
const text = (max: number) =>
  z
    .string()
    .min(1)
    .max(max)
    .refine((value) => value.isWellFormed(), 'must be well-formed Unicode')

/** The data of a registration. */
export const registrationSchema = z.strictObject({
  meterId: meterIdSchema,
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
  status: z.enum(['registered', 'active', 'deregistered']),
  failedActivationAttempts: z.int().min(0),
  latestReadingDate: dateSchema.nullable(),
})

/** All events of a meter, in streams `meter:<id>:<year>`. */
export const meterEvents = defineEvents({
  MeterRegistered: { schema: registeredSchema, version: 2, upcast: { 1: withHashedCode } },
  MeterActivated: z.strictObject({}),
  /** A wrong activation code was given. */
  MeterActivationFailed: z.strictObject({}),
  MeterReadingsCollected: dayOfReadingsSchema,
  MeterDeregistered: z.strictObject({}),
  /** The books of the previous year are closed; the state continues in this stream. */
  MeterYearOpened: { schema: carriedStateSchema, version: 2, upcast: { 1: withHashedCode } },
})

/** An event that a command on a meter decides. */
export type MeterEvent = NewEventOf<typeof meterEvents>
