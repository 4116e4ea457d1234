import { type } from 'arktype'
import * as v from 'valibot'
import { z } from 'zod'
import { type Aggregate, defineAggregate } from '../../src/aggregates/aggregate.ts'
import type { Command, CommandOf } from '../../src/aggregates/commands/command.ts'
import type { Executed } from '../../src/aggregates/commands/command-result.ts'
import { type Repository, repository } from '../../src/aggregates/repository.ts'
import { defineEvents } from '../../src/core/events/define-events.ts'
import type { EventTypesOf, NewEventOf } from '../../src/core/events/types.ts'
import type { StoragePort } from '../../src/core/port/storage.ts'
import { given } from '../../src/testing/given-when-then/aggregate.ts'

// Compiled, never run: each line below an @ts-expect-error must be refused.

type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false
const isTrue = <T extends true>(proof?: T) => proof

const meterEvents = defineEvents({
  MeterRegistered: {
    schema: z.object({ meterId: z.string(), parts: z.number().default(1) }),
    version: 2,
    upcast: { 1: (data) => ({ ...data, parts: 1 }) },
  },
  MeterActivated: z.object({}),
  Counted: v.object({ count: v.number() }),
  Named: type({ name: 'string' }),
})

type MeterState = { registered: boolean; active: boolean }

const meter = defineAggregate({
  category: 'meter',
  events: meterEvents,
  initial: { registered: false, active: false },
  evolve: {
    MeterRegistered: (state, { data }) => {
      isTrue<Same<typeof state, MeterState>>()
      isTrue<Same<typeof data, { meterId: string; parts: number }>>()
      return { ...state, registered: data.parts > 0 }
    },
    MeterActivated: (state) => ({ ...state, active: true }),
    Counted: (state, { data }) => ({ ...state, active: data.count > 1 }),
    Named: (state, { data, metadata, version }) => {
      isTrue<Same<typeof data.name, string>>()
      isTrue<Same<typeof metadata.recordedAt, string>>()
      isTrue<Same<typeof version, number>>()
      return state
    },
  },
  periods: { carry: (state) => ({ type: 'Counted', data: { count: state.active ? 1 : 0 } }) },
})
isTrue<Same<typeof meter, Aggregate<MeterState, EventTypesOf<typeof meterEvents>>>>()

defineAggregate({
  category: 'm',
  events: meterEvents,
  initial: { a: 1 },
  // @ts-expect-error MeterActivated, Counted and Named are missing
  evolve: { MeterRegistered: (state) => state },
})
defineAggregate({
  category: 'm',
  events: meterEvents,
  initial: { a: 1 },
  evolve: {
    MeterRegistered: (state) => state,
    MeterActivated: (state) => state,
    Counted: (state) => state,
    Named: (state) => state,
    // @ts-expect-error there is no such event
    Nope: (state) => state,
  },
})
const one = defineEvents({ Named: z.object({ name: z.string() }) })
defineAggregate({
  category: 'm',
  events: one,
  initial: { date: null, status: 'new' },
  // @ts-expect-error the state is only null: it needs an annotation
  evolve: { Named: (state, { data }) => ({ ...state, date: data.name }) },
})
const annotated: { date: string | null } = { date: null }
defineAggregate({
  category: 'm',
  events: one,
  initial: annotated,
  evolve: { Named: (_, { data }) => ({ date: data.name }) },
  periods: {
    // @ts-expect-error the event that carries the state over is one of the set, with its data
    carry: () => ({ type: 'Named', data: { name: 1 } }),
  },
})

const register =
  (meterId: string): CommandOf<typeof meter> =>
  (state) =>
    state.registered
      ? []
      : [
          { type: 'MeterRegistered', data: { meterId } },
          { type: 'MeterActivated', data: {} },
        ]
isTrue<Same<CommandOf<typeof meter>, Command<MeterState, EventTypesOf<typeof meterEvents>>>>()
const counted = meterEvents.create('Counted', { count: 1 })
isTrue<Same<typeof counted.type, 'Counted'>>()
// @ts-expect-error there is no such event
meterEvents.create('Nope', {})
// @ts-expect-error wrong data
meterEvents.create('Counted', { count: 'x' })

/** Code that is itself generic over an aggregate passes a command on. */
export const passOn = <S, E extends object>(repository: Repository<S, E>, command: Command<S, E>) =>
  repository.execute('1', command)

/** What a team's code looks like. */
export async function commands(storage: StoragePort): Promise<void> {
  const meters = repository(storage, meter)
  const activate = (state: { active: boolean }): NewEventOf<typeof meterEvents>[] =>
    state.active ? [] : [{ type: 'MeterActivated', data: {} }]
  const done = await meters.execute('1', (state) => activate(state), { commandId: 'c', period: '2020' })
  isTrue<Same<typeof done, Executed<MeterState, EventTypesOf<typeof meterEvents>>>>()
  for (const event of done.events) {
    if (event.type === 'Counted') isTrue<Same<typeof event.data.count, number>>()
  }
  await meters.execute('1', register('1'), { expectedVersion: 'noStream' })
  await meters.execute('1', () => [counted, { type: 'MeterActivated', data: {} }], { expectedVersion: 3 })
  // @ts-expect-error no such expected version
  await meters.execute('1', () => [], { expectedVersion: 'none' })
  // A command takes the schema's input.
  await meters.execute('1', () => ({ type: 'MeterRegistered', data: { meterId: '1' } }))
  // @ts-expect-error there is no such event
  await meters.execute('1', () => ({ type: 'Nope', data: {} }))
  // @ts-expect-error wrong data
  await meters.execute('1', () => ({ type: 'Counted', data: { count: 'x' } }))
  // @ts-expect-error wrong data in a list
  await meters.execute('1', () => [{ type: 'Named', data: {} }])
  // @ts-expect-error a command is synchronous
  await meters.execute('1', async () => [])
  // @ts-expect-error a version or a time
  await meters.load('1', { asOf: '2020' })
  // @ts-expect-error a close names the successor
  await meters.close('1', { period: '2020' })
  const { state } = await meters.load('1', { asOf: { time: new Date() }, period: '2020' })
  isTrue<Same<typeof state, MeterState>>()

  await given(meter, { type: 'MeterActivated', data: {} })
    .when(activate)
    .then({ type: 'Counted', data: { count: 1 } })
  // @ts-expect-error there is no such event
  given(meter, { type: 'Nope', data: {} })
  // @ts-expect-error wrong data
  await given(meter).when(activate).then({ type: 'Counted', data: {} })
}
