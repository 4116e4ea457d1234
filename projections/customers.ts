import { emailKey } from '../src/demo/domain/customers/email.ts'
import { customerRegistered } from '../src/demo/domain/customers/events.ts'
import { meterRegistered } from '../src/demo/domain/meters/events.ts'
import { FORGOTTEN } from '../src/demo/domain/text.ts'
import { defineEvents, defineProjection } from '../src/index.ts'

/** What a list of customers shows for each one. */
export type CustomerView = {
  readonly customerId: string
  readonly name: string
  readonly email: string
  readonly address: string
  /** The ids of the meters, in their order. */
  readonly meters: readonly string[]
  readonly forgotten: boolean
  /** What a search compares with an e-mail address; see `emailKey`. */
  readonly emailKey: string | null
  /** The postal codes of the meters, each as a member that a search can name; see `postalCodeKey`. */
  readonly postalCodes: { readonly [key: string]: true }
}

/** A postal code as the name of a member of `postalCodes`. */
export const postalCodeKey = (postalCode: string): string => `x${Buffer.from(postalCode).toString('hex')}`

/**
 * One view for each customer; its key is the customer's id. It is stored in clear, because people search by e-mail
 * address and by postal code, and so it says what happens when its customer is forgotten. All views with something about
 * a person must be found by the person's id alone: that is why the meters are in it, and not in views of their own.
 *
 * Events of a customer and of the meters are in different streams and may be folded in any order, and so may be what
 * says that the customer was forgotten.
 */
export default defineProjection('customers', {
  events: defineEvents({ CustomerRegistered: customerRegistered, MeterRegistered: meterRegistered }),
  key: ({ data }) => data.customerId ?? null,
  indexes: ['emailKey'],
  initial: (customerId: string): CustomerView => ({
    customerId,
    name: '',
    email: '',
    address: '',
    meters: [],
    forgotten: false,
    emailKey: null,
    postalCodes: {},
  }),
  on: {
    CustomerRegistered: (view, { data: { name, email, address }, redacted }) =>
      redacted ? forget(view) : { ...view, name, email, address, forgotten: false, emailKey: emailKey(email) },
    MeterRegistered: (view, { data: { meterId, postalCode }, redacted }) => ({
      ...view,
      meters: [...new Set([...view.meters, meterId])].sort(),
      ...(!redacted && { postalCodes: { ...view.postalCodes, [postalCodeKey(postalCode)]: true as const } }),
    }),
  },
  forgotten: {
    key: (customerId) => customerId,
    fold: (view) => (view.name === '' && view.meters.length === 0 ? null : forget(view)),
  },
})

const forget = (view: CustomerView): CustomerView => ({
  ...view,
  name: FORGOTTEN,
  email: FORGOTTEN,
  address: FORGOTTEN,
  forgotten: true,
  emailKey: null,
  postalCodes: {},
})
