import { z } from 'zod'
import { defineAggregate } from '../../../../src/aggregates/aggregate.ts'
import type { CommandOf } from '../../../../src/aggregates/commands/command.ts'
import { defineEvents } from '../../../../src/core/events/define-events.ts'

export type Customer = {
  readonly email: string | null
  readonly phones: readonly string[]
}

const initial: Customer = { email: null, phones: [] }

const customerEvents = defineEvents({
  Registered: z.object({ email: z.string().nullable(), phones: z.array(z.string()).default([]) }),
  EmailChanged: z.object({ email: z.string().nullable() }),
  PhonesChanged: z.object({ phones: z.array(z.string()) }),
  Greeted: z.object({}),
})

const definition = {
  category: 'customer',
  events: customerEvents,
  initial,
}

const unique = {
  email: (state: Customer) => state.email?.toLowerCase(),
  phone: (state: Customer) => state.phones,
}

/** A customer, whose e-mail address and telephone numbers nobody else may have. */
export const customer = defineAggregate({
  ...definition,
  unique,
  evolve: {
    Registered: (_, { data }) => data,
    EmailChanged: (state, { data }) => ({ ...state, email: data.email }),
    PhonesChanged: (state, { data }) => ({ ...state, phones: data.phones }),
    Greeted: (state) => state,
  },
})

/** The same, without unique values. */
export const anyCustomer = defineAggregate({ ...definition, evolve: customer.evolve })

/** The same, with a stream a year; the telephone numbers are not carried over. */
export const yearlyCustomer = defineAggregate({
  ...definition,
  category: 'member',
  unique,
  evolve: customer.evolve,
  periods: { carry: ({ email }) => ({ type: 'Registered', data: { email, phones: [] } }) },
})

type Command = CommandOf<typeof customer>

export const register =
  (email: string | null, phones: readonly string[] = []): Command =>
  () => ({ type: 'Registered', data: { email, phones: [...phones] } })

export const changeEmail =
  (email: string | null): Command =>
  () => ({ type: 'EmailChanged', data: { email } })

export const changePhones =
  (...phones: string[]): Command =>
  () => ({ type: 'PhonesChanged', data: { phones } })

export const greet: Command = () => ({ type: 'Greeted', data: {} })
