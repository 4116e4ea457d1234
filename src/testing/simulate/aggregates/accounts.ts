import type { StandardSchemaV1 } from '@standard-schema/spec'
import { defineAggregate } from '../../../aggregates/aggregate.ts'
import { defineEvents } from '../../../core/events/define-events.ts'

/** The content of an account's event: its command, and what the command saw. */
export type Paid = {
  readonly command: string
  readonly amount: number
  /** How many commands were executed before, in all periods, as the command saw it. */
  readonly before: number
}

/** An account: the executed commands, in order, and their sum. */
export type Account = { readonly commands: readonly string[]; readonly balance: number }

// Nothing is validated: other tests cover validation.
const schemaOf = <T>(): StandardSchemaV1<T, T> => ({
  '~standard': { version: 1, vendor: 'tidemark', validate: (value) => ({ value: value as T }) },
})

const events = defineEvents({ Paid: schemaOf<Paid>(), Carried: schemaOf<Account>() })

const initial: Account = { commands: [], balance: 0 }

const definition = {
  events,
  initial,
  evolve: {
    Paid: ({ commands, balance }: Account, { data }: { readonly data: Paid }): Account => ({
      commands: commands.at(-1) === data.command ? commands : [...commands, data.command],
      balance: balance + data.amount,
    }),
    Carried: (_: Account, { data }: { readonly data: Account }): Account => ({
      commands: [...data.commands],
      balance: data.balance,
    }),
  },
}

/** An account with one stream. */
export const account = defineAggregate({ category: 'account', ...definition })

/** An account with one stream for each year. */
export const yearly = defineAggregate({
  category: 'yearly',
  ...definition,
  periods: { carry: (state) => ({ type: 'Carried', data: state }) },
})

/** A command that an account refuses. */
export class Refused extends Error {}
