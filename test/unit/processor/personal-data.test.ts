import { afterEach, beforeEach, expect, test } from 'vitest'
import { ViewRefused } from '../../../src/core/errors/view.ts'
import type { StoragePort } from '../../../src/core/port/storage.ts'
import type { ViewDocument } from '../../../src/core/port/view-store.ts'
import { type Processor, startProcessor } from '../../../src/processor/processor.ts'
import type { FailurePlace } from '../../../src/processor/ranges/range-context.ts'
import { parkedSequences } from '../../../src/processor/replay/parked-sequences.ts'
import { defineProjection } from '../../../src/projections/define-projection.ts'
import type { Projection } from '../../../src/projections/projection.ts'
import { defineReaction } from '../../../src/reactions/define-reaction.ts'
import { logError } from '../../../src/worker/log-error.ts'
import { logFailure } from '../../../src/worker/log-failure.ts'
import { cards, members, openMembers, plans, search } from '../../support/privacy/members.ts'
import { until, untilCaughtUp } from '../../support/projecting/until.ts'
import { hurriedClock, interposed } from './support.ts'

let world: Awaited<ReturnType<typeof openMembers>>
let processor: Processor | undefined
/** Everything that was logged, as text. */
let logged: string[]
let places: FailurePlace[]

beforeEach(async () => {
  world = await openMembers()
  logged = []
  places = []
})
afterEach(async () => {
  await processor?.stop()
  processor = undefined
})

async function start(projections: readonly Projection[], storage: StoragePort = world.storage): Promise<Processor> {
  const write = (level: string) => (fields: object, message: string) => {
    const { err, ...rest } = fields as { err?: unknown }
    logged.push(JSON.stringify({ level, ...rest, err: logError(err), message }))
  }
  processor = await startProcessor(storage, projections, {
    clock: hurriedClock,
    onError(error, place) {
      places.push(place)
      logFailure({ warn: write('warn'), error: write('error') } as never, error, place)
    },
  })
  return processor
}

const rangeOf = async (name: string) =>
  (await processor?.status())?.ranges.find(({ projection }) => projection === name)

/** What fails with every value it got in its message. */
const telling = (data: object): never => {
  throw new RangeError(`cannot take ${JSON.stringify(data)}\n    at ${JSON.stringify(data)}`)
}

test('a processor finishes what forgetting began, and its views forget', async () => {
  await world.join('m-1')
  await start([plans, cards, search])
  await untilCaughtUp(world.storage, [plans, cards, search])
  expect(await world.storage.views.get(search, 'm-1')).toMatchObject({ name: 'Needle m-1' })
  const { unreadableBy } = await world.vault.forget('m-1')
  await new Promise((resolve) => setTimeout(resolve, 50))
  expect(await world.storage.views.get(search, 'm-1'), 'others may still have the key').not.toBeNull()
  world.clock.set(unreadableBy.getTime() + 10_000)
  await until('the view is gone', async () => (await world.storage.views.get(search, 'm-1')) === null)
  await until('the sealed view shows stand-ins', async () => {
    const view = await world.storage.views.get(cards, 'm-1')
    return view?.name === '(forgotten)'
  })
  expect(world.storedViews()).not.toMatch(/needle/i)
  expect(await world.storage.views.get(plans, 'm-1')).toMatchObject({ plan: 'basic', events: 1 })
  const stopped = processor?.stop()
  await expect(stopped).resolves.toBeUndefined()
})

test('who waits for a sealed view gets it opened, or stand-ins', async () => {
  await start([cards])
  const joined = await world.join('m-1')
  expect(await world.storage.views.waitFor(cards, 'm-1', joined.position)).toMatchObject({ name: 'Needle m-1' })
  await world.forget('m-1')
  const changed = await world.append('m-1', 'PlanChanged', { plan: 'gold' })
  expect(await world.storage.views.waitFor(cards, 'm-1', changed.position)).toMatchObject({
    name: '(forgotten)',
    plan: 'gold',
  })
})

test('a failure of that is reported as what it is, and does not stop the processor', async () => {
  const broken: StoragePort = {
    ...world.storage,
    vault: { ...world.vault, finishForgetting: async (_, failed) => failed(new Error('the payload store is down')) },
  }
  await start([plans], broken)
  await until('it is reported', () => places.some(({ forgetting }) => forgetting === true))
  expect(logged.join()).toMatch(/what is left to do for forgotten people failed and will be retried/)
  await world.join('m-1')
  await untilCaughtUp(world.storage, [plans])
})

test('while the store of keys is down, ranges that need keys are red, and nothing is parked or taken for forgotten', async () => {
  await world.join('m-1')
  world.breakKeys(true)
  await start([plans, cards, search])
  await untilCaughtUp(world.storage, [plans])
  for (const name of ['cards', 'search']) {
    await until(`${name} is stalled`, async () => (await rangeOf(name))?.state === 'stalled')
    expect(await rangeOf(name)).toMatchObject({ error: { code: 'KeysUnavailable' }, parked: 0 })
  }
  expect(await rangeOf('plans')).not.toMatchObject({ state: 'stalled' })
  expect(await world.storage.viewStore.get({ projection: 'cards', version: 1, key: 'm-1' })).toBeUndefined()
  world.breakKeys(false)
  await untilCaughtUp(world.storage, [plans, cards, search])
  expect(await world.storage.views.get(cards, 'm-1')).toMatchObject({ name: 'Needle m-1' })
})

test('a key that is gone without forgetting stops the range at once, and loudly', async () => {
  await world.join('m-1')
  for (const id of [...world.keyStorage.state.views.keys()]) {
    if (!id.endsWith('$root')) world.keyStorage.state.views.delete(id)
  }
  world.clock.advance(3_600_001)
  await start([plans, cards])
  await until('it is stalled', async () => (await rangeOf('cards'))?.state === 'stalled')
  expect(await rangeOf('cards')).toMatchObject({ error: { code: 'PersonalKeyMissing' }, parked: 0 })
  expect(places.length, 'another attempt would fail the same way').toBeLessThan(3)
  await untilCaughtUp(world.storage, [plans])
})

const base = {
  events: members,
  initial: () => ({ name: '' }),
  forgotten: { key: () => null, fold: () => null },
} as const
const by = ({ data }: { readonly data: { readonly memberId: string } }) => data.memberId
const failing: readonly (readonly [string, Projection])[] = [
  ['a handler', defineProjection('handler', { ...base, key: by, on: { Joined: (_, { data }) => telling(data) } })],
  [
    'a handler of sealed views',
    defineProjection('sealed', {
      events: members,
      key: by,
      initial: () => ({ name: '' }),
      on: { Joined: (_, { data }) => telling(data) },
      personal: { of: () => 'm-1', fields: { name: '' } },
    }),
  ],
  [
    'the rule of sealed views',
    defineProjection('rule', {
      events: members,
      key: by,
      initial: () => ({ name: '' }),
      on: { Joined: (_, { data }) => ({ name: data.name }) },
      personal: { of: (view) => telling(view), fields: { name: '' } },
    }),
  ],
  [
    'a view that is not JSON',
    defineProjection('json', { ...base, key: by, on: { Joined: (_, { data }) => ({ [data.name]: 1n }) as never } }),
  ],
  [
    'a key function',
    defineProjection('key', { ...base, key: ({ data }) => telling(data), on: { Joined: (view) => view } }),
  ],
  [
    'a key that is personal and cannot be one',
    defineProjection('invalid-key', {
      ...base,
      key: (event) => (event.type === 'Joined' ? `/${event.data.name}` : null),
      on: { Joined: (view) => view },
    }),
  ],
  [
    'a reaction',
    defineReaction('mails', {
      events: members,
      from: 'start',
      attempts: 2,
      personal: true,
      on: { Joined: ({ data }) => telling(data) },
    }),
  ],
]

test.each(failing)('the failure of %s repeats no personal value anywhere', async (_, projection) => {
  await world.join('m-1')
  await start([projection])
  await until('it has failed for good', async () => {
    const range = await rangeOf(projection.name)
    return range?.state === 'stalled' || (range?.parked ?? 0) > 0
  })
  const parked = parkedSequences(world.storage, projection)
  const { items } = await parked.list()
  const shown = await Promise.all(items.map(({ key }) => parked.show(key)))
  const all = JSON.stringify({ logged, status: await processor?.status(), items, shown })
  expect(logged.length).toBeGreaterThan(0)
  expect(all).toContain(projection.name)
  expect(all).not.toMatch(/needle/i)
  expect(world.storedViews() + JSON.stringify([...world.log.state.leases])).not.toMatch(/needle/i)
})

test('what a database says of a view that it refuses is not repeated either', async () => {
  await world.join('m-1')
  const refusing = interposed(world.storage, async (call, next, [document]) => {
    const { projection, data, parked } = (document ?? {}) as Partial<ViewDocument>
    const isRefused = call === 'viewStore.save' && projection === 'search' && data && !parked
    if (isRefused) throw new ViewRefused('search:1:m-1', `invalid: ${JSON.stringify(data)}`)
    return next()
  })
  await start([search], refusing)
  await until('it is parked', async () => ((await rangeOf('search'))?.parked ?? 0) > 0)
  const shown = await parkedSequences(world.storage, search).show('m-1')
  expect(shown?.error).toMatchObject({ code: 'HandlerFailed' })
  expect(JSON.stringify([logged, await processor?.status(), shown])).not.toMatch(/needle/i)
})

test('upcasters of personal events that fail repeat no value either', async () => {
  const upcasting = defineProjection('upcasting', {
    ...base,
    key: by,
    events: {
      ...members,
      definitions: {
        ...members.definitions,
        Renamed: { ...members.definitions.Renamed, upcast: { 1: (data: object) => telling(data) } } as never,
      },
    },
    on: { Renamed: (view) => view },
  })
  const document = { eventType: 'Renamed', eventData: { memberId: 'm-1', name: 'Needle' }, metadata: { eventId: 'e' } }
  const sealed = await world.vault.events.seal('member:m-1', [document], members.definitions)
  await world.log.events.append('member:m-1', sealed, { expectedVersion: 'any' })
  await start([upcasting])
  await until('it is stalled', async () => (await rangeOf('upcasting'))?.error?.code === 'UpcastFailed')
  expect(JSON.stringify([logged, await processor?.status()])).not.toMatch(/needle/i)
})

test('a reaction gets personal members only if it says so', async () => {
  const got: Record<string, string[]> = { all: [], some: [] }
  const note = (where: string) => (event: { readonly data: object }) =>
    void got[where]?.push(JSON.stringify(event.data))
  const reactions = [
    defineReaction('some', { events: members, from: 'start', on: { Joined: note('some') } }),
    defineReaction('all', { events: members, from: 'start', personal: true, on: { Joined: note('all') } }),
  ]
  await world.join('m-1')
  await start(reactions)
  await untilCaughtUp(world.storage, reactions)
  expect(got.some).toEqual(['{"memberId":"m-1","plan":"basic"}'])
  expect(got.all?.join()).toMatch(/Needle m-1/)
})
