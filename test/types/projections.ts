import { z } from 'zod'
import { defineEvents } from '../../src/core/events/define-events.ts'
import type { EventTypesOf } from '../../src/core/events/types.ts'
import { defineProjection } from '../../src/projections/define-projection.ts'
import type { Projection } from '../../src/projections/projection.ts'
import type { Storage } from '../../src/views/with-views.ts'

// Compiled, never run: each line below an @ts-expect-error must be refused.

type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false
const isTrue = <T extends true>(proof?: T) => proof

const meterEvents = defineEvents({
  MeterRegistered: {
    schema: z.object({ meterId: z.string(), postalCode: z.string(), parts: z.number().default(1) }),
    version: 2,
    upcast: { 1: (data) => ({ ...data, postalCode: '' }) },
  },
  MeterActivated: z.object({}),
})

const inferred = defineProjection('inferred', {
  events: meterEvents,
  key: (event) => event.streamId,
  // The view's type is that of what this returns, with or without a type for the key.
  initial: (key) => ({ key, active: false }),
  on: { MeterActivated: (view) => ({ ...view, active: true }), MeterRegistered: () => null },
})
isTrue<Same<typeof inferred, Projection<{ key: string; active: boolean }>>>()

const overview = defineProjection('meter-overview', {
  events: meterEvents,
  key: (event) => (event.type === 'MeterRegistered' ? event.data.meterId : event.streamId),
  initial: (key: string) => ({ meterId: key, active: false, parts: 0 }),
  on: {
    MeterActivated: (view) => {
      isTrue<Same<typeof view, { meterId: string; active: boolean; parts: number }>>()
      return { ...view, active: true }
    },
    MeterRegistered: (view, { data }) => {
      isTrue<Same<typeof data, { meterId: string; postalCode: string; parts: number }>>()
      return { ...view, parts: data.parts }
    },
  },
  deleted: { key: (streamId) => [streamId], fold: (view) => (view.active ? null : view) },
})
isTrue<Same<typeof overview, Projection<{ meterId: string; active: boolean; parts: number }>>>()
export const projections: readonly Projection[] = [overview]

/** The view's type reaches its readers. */
export async function read(storage: Storage): Promise<boolean> {
  const view = await storage.views.get(overview, 'a')
  isTrue<Same<typeof view, { meterId: string; active: boolean; parts: number } | null>>()
  const { items } = await storage.views.query(overview)
  isTrue<Same<(typeof items)[number], { meterId: string; active: boolean; parts: number }>>()
  const awaited = await storage.views.waitFor(overview, 'a', 'position')
  isTrue<Same<typeof awaited, typeof view>>()
  return items.length > 0
}

type Status = { readonly status: 'new' | 'active' }
defineProjection('annotated', {
  events: meterEvents,
  key: () => null,
  initial: (): Status => ({ status: 'new' }),
  on: { MeterActivated: () => ({ status: 'active' }), MeterRegistered: () => null },
})

// The order of the members does not matter.
defineProjection('handlers-first', {
  on: {
    MeterActivated: (view) => {
      isTrue<Same<typeof view, { n: number }>>()
      return view
    },
  },
  initial: () => ({ n: 0 }),
  key: (event) => event.streamId,
  events: meterEvents,
})

defineProjection('unknown-event', {
  events: meterEvents,
  key: (event) => event.streamId,
  initial: () => ({ n: 0 }),
  on: {
    // @ts-expect-error an event type that is not among the events
    Nope: (view) => view,
  },
})
defineProjection('wrong-view', {
  events: meterEvents,
  key: (event) => event.streamId,
  initial: () => ({ n: 0 }),
  on: {
    // @ts-expect-error a view of another type
    MeterActivated: () => ({ n: 'one' }),
  },
})
defineProjection('wrong-data', {
  events: meterEvents,
  key: (event) => event.streamId,
  initial: () => ({ n: '' }),
  // @ts-expect-error a member that the data does not have
  on: { MeterRegistered: (_view, event) => ({ n: event.data.houseNumber }) },
})
defineProjection('wrong-key', {
  events: meterEvents,
  // @ts-expect-error a key is a string
  key: () => 7,
  initial: () => ({ n: 0 }),
  on: {},
})
defineProjection('no-json', {
  events: meterEvents,
  key: (event) => event.streamId,
  // @ts-expect-error a view must be a JSON object
  initial: () => ({ at: new Date() }),
  on: {},
})
defineProjection('no-object', {
  events: meterEvents,
  key: (event) => event.streamId,
  // @ts-expect-error a view must be a JSON object
  initial: () => 0,
  on: {},
})

interface Overview {
  readonly days: { readonly [date: string]: number }
  readonly list: readonly string[]
  readonly note?: string
}
defineProjection('interface', {
  events: meterEvents,
  key: (event) => event.streamId,
  initial: (): Overview => ({ days: {}, list: [] }),
  on: {},
})
defineProjection('array', {
  events: meterEvents,
  key: (event) => event.streamId,
  // @ts-expect-error a view must be a JSON object
  initial: () => [1],
  on: {},
})

defineProjection('merged', {
  events: meterEvents,
  key: () => 'all',
  initial: () => ({ n: 0 }),
  on: {},
  merge: (a, b) => ({ n: a.n + b.n }),
})
defineProjection('wrong-merge', {
  events: meterEvents,
  key: () => 'all',
  initial: () => ({ n: 0 }),
  on: {},
  // @ts-expect-error a view of another type
  merge: () => ({ n: 'one' }),
})

defineProjection('indexed', {
  events: meterEvents,
  indexes: ['status', 'address.city'],
  key: () => 'all',
  initial: () => ({ status: '', address: { city: '' }, tags: [''] }),
  on: {},
})
defineProjection('misspelled-index', {
  events: meterEvents,
  // @ts-expect-error a misspelled field
  indexes: ['statos'],
  key: () => 'all',
  initial: () => ({ status: '' }),
  on: {},
})

const memberEvents = defineEvents({
  Joined: {
    schema: z.object({ memberId: z.string(), plan: z.string(), name: z.string() }),
    personal: { of: (data) => data.memberId, fields: { name: '(forgotten)' } },
  },
  Left: z.object({ memberId: z.string() }),
})

defineProjection('plans', {
  events: memberEvents,
  key: ({ data }) => {
    isTrue<Same<keyof typeof data, 'memberId'>>()
    return data.memberId
  },
  initial: () => ({ plan: '' }),
  on: {
    Joined: (view, { data }) => {
      isTrue<Same<keyof typeof data, 'memberId' | 'plan'>>()
      return { ...view, plan: data.plan }
    },
  },
})
defineProjection('plain-with-a-name', {
  events: memberEvents,
  key: ({ streamId }) => streamId,
  initial: () => ({ name: '' }),
  on: {
    // @ts-expect-error it does not say how its views forget
    Joined: (view, { data }) => ({ ...view, name: data.name }),
  },
})
const card = defineProjection('card', {
  events: memberEvents,
  key: ({ data }) => data.memberId,
  initial: (key) => ({ memberId: key, name: '', redacted: false }),
  on: {
    Joined: (view, { data, redacted }) => ({ ...view, name: data.name, redacted: redacted?.includes('name') ?? false }),
  },
  personal: { of: (view) => view.memberId, fields: { name: '(forgotten)' } },
})
isTrue<Same<typeof card, Projection<{ memberId: string; name: string; redacted: boolean }>>>()
defineProjection('two-people', {
  personal: [
    { of: (view) => view.from, fields: { fromName: '' } },
    { of: ({ to }) => to, fields: { toName: '' } },
  ],
  events: memberEvents,
  key: ({ streamId }) => streamId,
  initial: () => ({ from: '', fromName: '', to: '', toName: '' }),
  on: { Joined: (view, { data }) => ({ ...view, fromName: data.name }) },
})
defineProjection('search', {
  events: memberEvents,
  indexes: ['name'],
  key: ({ data }) => data.memberId,
  initial: () => ({ name: '' }),
  on: { Joined: (_view, { data }) => ({ name: data.name }) },
  forgotten: { key: (person) => person, fold: () => null },
})
interface Search {
  readonly name: string
}
defineProjection<Search, EventTypesOf<typeof memberEvents>, 'personal'>('explicit', {
  events: memberEvents,
  key: ({ data }) => data.memberId,
  initial: () => ({ name: '' }),
  on: { Joined: (_view, { data }) => ({ name: data.name }) },
  forgotten: { key: (person) => person, fold: (view, { person }) => ({ ...view, name: person }) },
})
defineProjection('no-such-member', {
  events: memberEvents,
  key: ({ streamId }) => streamId,
  initial: () => ({ name: '' }),
  on: {},
  // @ts-expect-error a member that the view does not have
  personal: { of: () => null, fields: { nam: '' } },
})
defineProjection('wrong-stand-in', {
  events: memberEvents,
  key: ({ streamId }) => streamId,
  initial: () => ({ name: '' }),
  on: {},
  // @ts-expect-error a stand-in of another type
  personal: { of: () => null, fields: { name: 0 } },
})
defineProjection('wrong-sweep', {
  events: memberEvents,
  key: ({ streamId }) => streamId,
  initial: () => ({ name: '' }),
  on: {},
  // @ts-expect-error a view of another type
  forgotten: { key: (person) => person, fold: () => ({ name: 0 }) },
})
defineProjection('misspelled-member', {
  events: memberEvents,
  key: ({ streamId }) => streamId,
  initial: () => ({ name: '' }),
  on: {},
  // @ts-expect-error a member that definitions do not have
  persnal: { of: () => null, fields: { name: '' } },
})
