import { z } from 'zod'
import { defineEvents } from '../../core/events/define-events.ts'
import type { NewEventOf } from '../../core/events/types.ts'
import { withHashedCode } from './activation-code.ts'
import { meterIdSchema } from './meter-id.ts'
import { dateSchema, dayOfReadingsSchema } from './readings.ts'

/** Text of a form: something, but not a book, and only what UTF-8 can carry. */
const text = (max: number) =>
  z
    .string()
    .min(1)
    .max(max)
    .refine((value) => value.isWellFormed(), 'must be well-formed Unicode')

/** What a meter is registered with. */
export const registrationSchema = z.strictObject({
  meterId: meterIdSchema,
  postalCode: text(20),
  houseNumber: text(20),
  activationCode: text(100),
  /** The day that the registration belongs to, where it is not the day of its recording. */
  registeredOn: dateSchema.optional(),
})

/** The registration as it is stored; see `hashActivationCode`. */
const registeredSchema = registrationSchema.omit({ activationCode: true }).extend({ activationCodeHash: text(100) })

/** What opens a later year of a meter: the state at the end of the year before, without that year's readings. */
const carriedStateSchema = registeredSchema.extend({
  status: z.enum(['registered', 'active', 'deregistered']),
  failedActivationAttempts: z.int().min(0),
  latestReadingDate: dateSchema.nullable(),
})

/** All that happens to a meter, in streams `meter:<id>:<year>`. */
export const meterEvents = defineEvents({
  MeterRegistered: { schema: registeredSchema, version: 2, upcast: { 1: withHashedCode } },
  MeterActivated: z.strictObject({}),
  /** Somebody gave a wrong activation code. */
  MeterActivationFailed: z.strictObject({}),
  MeterReadingsCollected: dayOfReadingsSchema,
  MeterDeregistered: z.strictObject({}),
  /** The books of the year before are closed; the state goes on in this stream. */
  MeterYearOpened: { schema: carriedStateSchema, version: 2, upcast: { 1: withHashedCode } },
})

/** An event that a command on a meter decides. */
export type MeterEvent = NewEventOf<typeof meterEvents>
