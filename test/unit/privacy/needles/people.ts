import { z } from 'zod'
import { defineAggregate } from '../../../../src/aggregates/aggregate.ts'
import { defineEvents } from '../../../../src/core/events/define-events.ts'
import { defineProjection } from '../../../../src/projections/define-projection.ts'
import { defineReaction } from '../../../../src/reactions/define-reaction.ts'

/** Everyone's personal data: each value is in nothing else. */
export const dataOf = (memberId: string) => ({
  memberId,
  plan: 'basic',
  name: `Name-${memberId}-needle`,
  email: `Mail-${memberId}-needle`,
  iban: `Iban-${memberId}-needle`,
  scan: `Scan-${memberId}-needle`,
})

/** What no document may have in clear at any time; names are in views in clear. */
export const secretsOf = (memberId: string): readonly string[] => {
  const { email, iban, scan } = dataOf(memberId)
  return [email, email.toLowerCase(), iban, scan]
}

const events = defineEvents({
  Joined: {
    schema: z.object({
      memberId: z.string(),
      plan: z.string(),
      name: z.string(),
      email: z.string(),
      iban: z.string(),
      scan: z.string().nullable(),
    }),
    personal: { of: (data) => data.memberId, fields: { name: '(forgotten)', email: '', iban: '', scan: null } },
    apart: ['scan'],
  },
  PlanChanged: z.object({ memberId: z.string(), plan: z.string() }),
})

export const member = defineAggregate({
  category: 'member',
  events,
  initial: { plan: '', name: '', email: '', iban: '' },
  evolve: {
    Joined: (_, { data: { plan, name, email, iban } }) => ({ plan, name, email, iban }),
    PlanChanged: (state, { data: { plan } }) => ({ ...state, plan }),
  },
  unique: { email: ({ email }) => email.toLowerCase() },
})

const key = ({ data }: { readonly data: { readonly memberId: string } }): string => data.memberId

const refuse = (data: object): never => {
  throw new RangeError(`cannot take ${JSON.stringify(data)}`)
}

/** Gets no personal data. */
export const plans = defineProjection('plans', {
  events,
  key,
  initial: () => ({ seen: '' }),
  on: { Joined: (_, { data }) => ({ seen: JSON.stringify(data) }) },
})

/** Sealed views. */
export const cards = defineProjection('cards', {
  events,
  key,
  initial: (memberId) => ({ memberId, name: '', email: '', iban: '', scan: null as string | null }),
  on: { Joined: (view, { data: { name, email, iban, scan } }) => ({ ...view, name, email, iban, scan }) },
  personal: { of: (view) => view.memberId, fields: { name: '(forgotten)', email: '', iban: '', scan: null } },
})

/** Views in clear, which have names only. */
export const search = defineProjection('search', {
  events,
  indexes: ['name'],
  key,
  initial: () => ({ name: '' }),
  on: { Joined: (_, { data }) => ({ name: data.name }) },
  forgotten: { key: (person) => person, fold: () => null },
})

/** Sealed views that are parked, by an error that repeats what it got. */
export const brokenCards = defineProjection('broken-cards', {
  events,
  key,
  initial: (memberId) => ({ memberId, iban: '' }),
  on: { Joined: (view, { data }) => ({ ...view, iban: data.iban }), PlanChanged: (view) => refuse(view) },
  personal: { of: (view) => view.memberId, fields: { iban: '' } },
})

/** Views in clear that are parked in the same way. */
export const brokenSearch = defineProjection('broken-search', {
  events,
  key,
  initial: () => ({ name: '' }),
  on: { Joined: (_, { data }) => ({ name: data.name }), PlanChanged: (view) => refuse(view) },
  forgotten: { key: (person) => person, fold: () => null },
})

/** A reaction that is parked in the same way. */
export const brokenLetters = defineReaction('broken-letters', {
  events,
  from: 'start',
  personal: true,
  attempts: 2,
  on: { Joined: (event) => refuse(event.data) },
})
