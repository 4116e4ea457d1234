import type { StandardSchemaV1 } from '@standard-schema/spec'
import { defineAggregate } from '../../../aggregates/aggregate.ts'
import { defineEvents } from '../../../core/events/define-events.ts'

/** What no event of the people has as personal data: whose it is, and whether handlers fail at it until they are fixed. */
type Of = { readonly memberId: string; readonly poisoned: boolean }

type Introduction = Of & { readonly ownName: string; readonly other: string; readonly otherName: string }

// Nothing is validated: other tests cover validation.
const schemaOf = <T>(): StandardSchemaV1<T, T> => ({
  '~standard': { version: 1, vendor: 'tidemark', validate: (value) => ({ value: value as T }) },
})

const own = ({ memberId }: Of): string => memberId

/** What stands in for a name. */
export const NAMELESS = '(forgotten)'

/** The events of people; an introduction has the data of two. */
export const memberEvents = defineEvents({
  Joined: {
    schema: schemaOf<Of & { readonly name: string; readonly email: string }>(),
    personal: { of: own, fields: { name: NAMELESS, email: '' } },
  },
  Renamed: { schema: schemaOf<Of & { readonly name: string }>(), personal: { of: own, fields: { name: NAMELESS } } },
  EmailChanged: { schema: schemaOf<Of & { readonly email: string }>(), personal: { of: own, fields: { email: '' } } },
  Introduced: {
    schema: schemaOf<Introduction>(),
    personal: [
      { of: own, fields: { ownName: NAMELESS } },
      { of: ({ other }: Introduction) => other, fields: { otherName: NAMELESS } },
    ],
  },
  Visited: { schema: schemaOf<Of & { readonly name: string }>(), personal: { of: own, fields: { name: NAMELESS } } },
  PlanChanged: schemaOf<Of & { readonly plan: string }>(),
})

/** A member as their own stream tells. */
export type Member = {
  readonly joined: boolean
  readonly name: string
  readonly friend: string
  readonly email: string
}

/** A member with an e-mail address that no other one may have. */
export const member = defineAggregate({
  category: 'member',
  events: memberEvents,
  initial: { joined: false, name: NAMELESS, friend: NAMELESS, email: '' } as Member,
  evolve: {
    Joined: (_, { data: { name, email } }) => ({ joined: true, name, friend: NAMELESS, email }),
    Renamed: (state, { data: { name } }) => ({ ...state, name }),
    EmailChanged: (state, { data: { email } }) => ({ ...state, email }),
    Introduced: (state, { data: { ownName, otherName } }) => ({ ...state, name: ownName, friend: otherName }),
    Visited: (state) => state,
    PlanChanged: (state) => state,
  },
  unique: { email: ({ email }) => email },
})
