import { z } from 'zod'
import { defineEvents } from '../../../core/events/define-events.ts'
import type { NewEventOf } from '../../../core/events/types.ts'
import { FORGOTTEN, text } from '../text.ts'
import { customerIdSchema } from './customer-id.ts'
import { emailSchema } from './email.ts'

const registeredSchema = z.strictObject({
  customerId: customerIdSchema,
  name: text(200),
  /** As it was given; see `emailKey`. */
  email: text(254),
  address: text(500),
})

/** The data of a customer. */
export type CustomerData = z.infer<typeof registeredSchema>

/** What is sent to register a customer. */
export const customerSchema = registeredSchema.extend({ email: emailSchema })

/** A customer is a person: everything but the id is sealed for that person. */
export const customerRegistered = {
  schema: registeredSchema,
  personal: {
    of: ({ customerId }: CustomerData) => customerId,
    fields: { name: FORGOTTEN, email: FORGOTTEN, address: FORGOTTEN },
  },
} as const

/** All events of a customer, in streams `customer:<id>`. */
export const customerEvents = defineEvents({ CustomerRegistered: customerRegistered })

/** An event that a command on a customer decides. */
export type CustomerEvent = NewEventOf<typeof customerEvents>

const filedSchema = z.strictObject({
  customerId: customerIdSchema,
  /** The size of the document, in bytes. */
  bytes: z.int().min(1),
  /** The document, a PDF, in base64; null once its customer was forgotten. */
  contract: z.string().nullable(),
})

/**
 * The contracts of a customer, in streams `contract:<id>`. Each is stored apart from its event: scanned pages are much
 * larger than events, and a payload store keeps them for less. Their streams are not those of the customers, so that no
 * command on a customer fetches a document.
 */
export const contractEvents = defineEvents({
  ContractFiled: {
    schema: filedSchema,
    personal: { of: ({ customerId }) => customerId, fields: { contract: null } },
    apart: ['contract'],
  },
})
