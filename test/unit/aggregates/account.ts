import { z } from 'zod'
import { defineAggregate } from '../../../src/aggregates/aggregate.ts'
import { defineEvents } from '../../../src/core/events/define-events.ts'
import type { NewEventOf } from '../../../src/core/events/types.ts'

export const accountEvents = defineEvents({
  Opened: z.object({ owner: z.string() }),
  Deposited: z.object({ amount: z.number().default(1), note: z.string().optional() }),
  CarriedOver: z.object({ owner: z.string(), balance: z.number(), notes: z.array(z.string()) }),
})

export type AccountEvent = NewEventOf<typeof accountEvents>

export type AccountState = {
  readonly owner: string | null
  readonly balance: number
  readonly notes: readonly string[]
}

const initial: AccountState = { owner: null, balance: 0, notes: [] }

const definition = {
  category: 'account',
  events: accountEvents,
  initial,
}

/** An account with one stream. */
export const account = defineAggregate({
  ...definition,
  evolve: {
    Opened: (state, { data }) => ({ ...state, owner: data.owner }),
    Deposited: (state, { data }) => ({
      ...state,
      balance: state.balance + data.amount,
      notes: data.note === undefined ? state.notes : [...state.notes, data.note],
    }),
    CarriedOver: (_, { data }) => data,
  },
})

/** The same, with a stream a year. */
export const yearlyAccount = defineAggregate({
  ...definition,
  evolve: account.evolve,
  periods: {
    carry: ({ owner, balance, notes }) => ({
      type: 'CarriedOver',
      data: { owner: owner ?? '', balance, notes: [...notes] },
    }),
  },
})

/** The account was not opened. */
export class NoAccount extends Error {}

/** The account was opened before. */
export class AlreadyOpened extends Error {}

export function open(state: AccountState, owner: string): AccountEvent {
  if (state.owner !== null) throw new AlreadyOpened()
  return { type: 'Opened', data: { owner } }
}

export function deposit(state: AccountState, amount: number, note?: string): AccountEvent | AccountEvent[] {
  if (state.owner === null) throw new NoAccount()
  if (amount === 0) return []
  return { type: 'Deposited', data: { amount, ...(note !== undefined && { note }) } }
}
