import { type } from 'arktype'
import * as v from 'valibot'
import { z } from 'zod'
import { defineEvents } from '../../src/core/events/define-events.ts'
import { eventStore } from '../../src/core/events/event-store.ts'
import type {
  EventOf,
  EventTypesOf,
  NewEvent,
  NewEventOf,
  PublicEvent,
  RecordedEvent,
} from '../../src/core/events/types.ts'
import type { StoragePort } from '../../src/core/port/storage.ts'

// Compiled, never run: each line below an @ts-expect-error must be refused.

type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false
const isTrue = <T extends true>(proof?: T) => proof

const events = defineEvents({
  Zod: {
    schema: z.object({ meterId: z.string(), parts: z.number().default(1) }),
    version: 2,
    upcast: { 1: (data) => ({ ...data, parts: 2 }) },
  },
  Empty: z.object({}),
  Valibot: v.object({ a: v.pipe(v.string(), v.transform(Number)) }),
  Ark: type({ b: 'string', 'c?': 'number' }),
})
type Events = EventOf<typeof events>
type NewEvents = NewEventOf<typeof events>

/** What is read has the output of its schema, and the type of the event tells which. */
export function narrows(event: Events): void {
  isTrue<Same<Events['type'], 'Zod' | 'Empty' | 'Valibot' | 'Ark'>>()
  isTrue<Same<typeof event.version, number>>()
  if (event.type === 'Zod') isTrue<Same<typeof event.data, { meterId: string; parts: number }>>()
  if (event.type === 'Valibot') isTrue<Same<typeof event.data, { a: number }>>()
  if (event.type === 'Ark') isTrue<Same<typeof event.data.b, string>>()
  // @ts-expect-error no such event
  if (event.type === 'Nope') return
  // @ts-expect-error an event that was read does not change
  event.version = 2
}
isTrue<Same<RecordedEvent<EventTypesOf<typeof events>, 'Valibot'>['data'], { a: number }>>()

/** What is appended takes the input of its schema. */
export const inputs: readonly NewEvents[] = [
  { type: 'Zod', data: { meterId: '1' } },
  { type: 'Valibot', data: { a: '7' }, id: 'x', metadata: { correlationId: 'c', tenant: { id: 1 } } },
  { type: 'Ark', data: { b: '' } },
  // @ts-expect-error no such event
  { type: 'Nope', data: {} },
  // @ts-expect-error the output, where the input is due
  { type: 'Valibot', data: { a: 7 } },
  // @ts-expect-error data of another event
  { type: 'Ark', data: { meterId: '1' } },
  // @ts-expect-error data is missing
  { type: 'Empty' },
  // @ts-expect-error metadata is JSON
  { type: 'Empty', data: {}, metadata: { at: new Date() } },
]
isTrue<Same<NewEvents, NewEvent<EventTypesOf<typeof events>>>>()

// @ts-expect-error a Date is no JSON
defineEvents({ Bad: z.object({ at: z.coerce.date() }) })
// @ts-expect-error data is an object
defineEvents({ Bad: z.string() })
// @ts-expect-error no schema
defineEvents({ Bad: { at: 'now' } })
const members = defineEvents({
  Joined: {
    schema: z.object({
      memberId: z.string(),
      name: z.string(),
      scan: z.string().nullable(),
      plan: z.string().default('basic'),
    }),
    personal: { of: (data) => data.memberId, fields: { name: '(forgotten)', scan: null } },
    apart: ['scan'],
  },
  Moved: {
    schema: v.object({ from: v.string(), to: v.string(), old: v.string(), rent: v.number() }),
    personal: [
      { of: (data) => data.from, fields: { old: '' } },
      { of: ({ to }) => to, fields: { rent: 0 } },
    ],
  },
  Renamed: {
    schema: z.object({ memberId: z.string(), fullName: z.string() }),
    version: 2,
    upcast: { 1: ({ name, ...data }) => ({ ...data, fullName: name }) },
    personal: { of: (data) => data.memberId, fields: { fullName: '', name: '' } },
  },
})
type Members = EventTypesOf<typeof members>
isTrue<
  Same<
    NewEvent<Members, 'Joined'>['data'],
    { memberId: string; name: string; scan: string | null; plan?: string | undefined }
  >
>()
isTrue<
  Same<RecordedEvent<Members, 'Joined'>['data'], { memberId: string; name: string; scan: string | null; plan: string }>
>()
isTrue<
  Same<
    PublicEvent<Members, 'Joined'>['data'],
    Omit<{ memberId: string; name: string; scan: string | null; plan: string }, 'name' | 'scan'>
  >
>()
isTrue<Same<keyof PublicEvent<Members, 'Moved'>['data'], 'from' | 'to'>>()
isTrue<Same<keyof PublicEvent<Members, 'Renamed'>['data'], 'memberId'>>()

const joined = z.object({ memberId: z.string(), age: z.number(), name: z.object({ first: z.string() }) })
// @ts-expect-error no such member
defineEvents({ Bad: { schema: joined, personal: { of: (data) => data.memberId, fields: { nam: '' } } } })
// @ts-expect-error a member of a member
defineEvents({ Bad: { schema: joined, personal: { of: (data) => data.memberId, fields: { 'name.first': '' } } } })
// @ts-expect-error a stand-in of another type
defineEvents({ Bad: { schema: joined, personal: { of: (data) => data.memberId, fields: { age: '' } } } })
// @ts-expect-error the id of a person is a text
defineEvents({ Bad: { schema: joined, personal: { of: (data) => data.age, fields: { age: 0 } } } })
// @ts-expect-error a person is missing
defineEvents({ Bad: { schema: joined, personal: { fields: { age: 0 } } } })
// @ts-expect-error no such member
defineEvents({ Bad: { schema: joined, apart: ['scan'] } })
// @ts-expect-error a version needs its upcasters
defineEvents({ Bad: { schema: z.object({}), version: 2 } })

/** A store of these events takes and gives nothing else. */
export async function store(storage: StoragePort): Promise<void> {
  const log = eventStore(storage, events)
  const { position } = await log.append('a:1', [{ type: 'Zod', data: { meterId: '1' } }], { expectedVersion: 'any' })
  isTrue<Same<typeof position extends string ? true : false, true>>()
  for await (const event of log.read('a:1')) isTrue<Same<typeof event, Events>>()
  isTrue<Same<Awaited<ReturnType<typeof log.load>>['events'], readonly Events[]>>()
  log.query({ types: ['Zod', 'Ark'] })
  // @ts-expect-error no such event
  log.query({ types: ['Nope'] })
  // @ts-expect-error no such event
  await log.append('a:1', [{ type: 'Nope', data: {} }], { expectedVersion: 'any' })
  // @ts-expect-error no such expected version
  await log.append('a:1', [{ type: 'Empty', data: {} }], { expectedVersion: 'none' })
  // @ts-expect-error an expected version is due
  await log.append('a:1', [{ type: 'Empty', data: {} }], {})
}
