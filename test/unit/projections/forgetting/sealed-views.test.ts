import { beforeEach, describe, expect, it, test } from 'vitest'
import { listViews } from '../../../../src/cli/views/list-views.ts'
import { VaultRequired } from '../../../../src/core/errors/privacy.ts'
import type { StoragePort } from '../../../../src/core/port/storage.ts'
import { projectPage } from '../../../../src/processor/pages/project-page.ts'
import { parkedSequences } from '../../../../src/processor/replay/parked-sequences.ts'
import { recordVersion } from '../../../../src/processor/versions/record-version.ts'
import { defineProjection } from '../../../../src/projections/define-projection.ts'
import { withViews } from '../../../../src/views/with-views.ts'
import { cards, members, openMembers, plans } from '../../../support/privacy/members.ts'
import { contextOf, foldAll } from '../../processor/parking/support.ts'
import { holding } from '../../processor/support.ts'

let world: Awaited<ReturnType<typeof openMembers>>
beforeEach(async () => {
  world = await openMembers()
})
const get = (key = 'm-1', storage = world.storage) => storage.views.get(cards, key)
const all = async () => (await world.storage.views.query(cards)).items

test('sealed members are stored sealed, and readers get them opened', async () => {
  await world.join('m-1')
  await foldAll(world.storage, cards)
  await world.append('m-1', 'PlanChanged', { plan: 'gold' })
  await foldAll(world.storage, cards)
  const clear = {
    memberId: 'm-1',
    plan: 'gold',
    name: 'Needle m-1',
    email: 'needle-m-1@example.org',
    redacted: [],
  }
  expect(await get()).toEqual(clear)
  expect(await all()).toEqual([clear])
  for await (const { view } of world.storage.views.watch(cards, 'm-1')) {
    expect(view).toEqual(clear)
    break
  }
  expect(world.storedViews()).not.toMatch(/needle/i)
})

test('once a person was forgotten, readers get stand-ins without another fold, and the next fold stores them', async () => {
  await world.join('m-1')
  await world.join('m-2')
  await foldAll(world.storage, cards)
  await world.forget('m-1')
  const redacted = { memberId: 'm-1', plan: 'basic', name: '(forgotten)', email: '' }
  expect(await get()).toMatchObject(redacted)
  expect(await all()).toMatchObject([redacted, { name: 'Needle m-2' }])
  await world.append('m-1', 'PlanChanged', { plan: 'gold' })
  await foldAll(world.storage, cards)
  expect(await get()).toMatchObject({ ...redacted, plan: 'gold' })
  expect(await world.storage.viewStore.get({ projection: 'cards', version: 1, key: 'm-1' })).toMatchObject({
    document: { data: { ...redacted, plan: 'gold' } },
  })
})

test('a rebuild after forgetting ends like the views that were there before', async () => {
  const rebuilt = { ...cards, name: 'rebuilt' }
  for (const id of ['m-1', 'm-2']) await world.join(id)
  await foldAll(world.storage, cards)
  await world.append('m-1', 'Renamed', { fullName: 'Needle Three' })
  await world.forget('m-1')
  await foldAll(world.storage, cards)
  await foldAll(world.storage, rebuilt)
  for (const id of ['m-1', 'm-2']) {
    const [{ redacted: _, ...live }, { redacted: __, ...anew }] = [
      (await get(id)) as Record<string, unknown>,
      (await world.storage.views.get(rebuilt, id)) as Record<string, unknown>,
    ] as const
    expect(anew).toEqual(live)
  }
  expect(await world.storage.views.get(rebuilt, 'm-1')).toMatchObject({ redacted: ['fullName'] })
})

test('a page of many people costs one read of keys for events and none more for views', async () => {
  for (let i = 0; i < 300; i++) await world.join(`m-${i}`)
  world.clock.advance(3_600_001)
  const before = world.calls.length
  const [range] = await world.storage.feed.ranges()
  const page = await world.storage.feed.read(range as never, 'start', { limit: 1_000 })
  expect(await projectPage(contextOf(world.storage), cards, range as never, page)).toBe(300)
  expect(world.calls.slice(before)).toEqual(['getMany'])
})

test('what was opened before its person was forgotten is not sealed under a key of their return', async () => {
  await world.join('m-1')
  await foldAll(world.storage, cards)
  await world.append('m-1', 'Renamed', { fullName: 'Needle Old' })
  // A worker has opened the view and the event, and is suspended before it seals.
  const { vault } = world.storage
  const reached = Promise.withResolvers<void>()
  const released = Promise.withResolvers<void>()
  const slow: StoragePort = {
    ...world.storage,
    vault: {
      ...vault,
      views: {
        ...vault.views,
        async seal(...parameters) {
          reached.resolve()
          await released.promise
          return vault.views.seal(...parameters)
        },
      },
    },
  }
  const folding = foldAll(slow, cards)
  await reached.promise
  await world.forgetFully('m-1')
  await world.vault.admit('m-1')
  await world.join('m-1', 'Returned')
  released.resolve()
  await folding
  expect(await get()).toMatchObject({ name: '(forgotten)' })
  await foldAll(world.storage, cards)
  expect(await get()).toMatchObject({ name: 'Returned' })
})

describe('what cannot be opened', () => {
  beforeEach(async () => {
    await world.join('m-1')
    await foldAll(world.storage, cards)
  })

  it('is VaultRequired without a vault', async () => {
    await expect(foldAll(world.log, { ...cards, name: 'other' })).rejects.toThrow(VaultRequired)
    await expect(withViews(world.log).views.get(cards, 'm-1')).rejects.toMatchObject({
      code: 'VaultRequired',
      field: 'name',
    })
  })

  it('is PersonalKeyMissing where the key is gone, though nobody was forgotten', async () => {
    for (const id of [...world.keyStorage.state.views.keys()]) {
      if (!id.endsWith('$root')) world.keyStorage.state.views.delete(id)
    }
    world.clock.advance(3_600_001)
    await expect(get()).rejects.toMatchObject({ code: 'PersonalKeyMissing' })
    await expect(foldAll(world.storage, { ...cards, name: 'other' })).rejects.toMatchObject({
      code: 'PersonalKeyMissing',
    })
  })

  it('is PersonalDataTampered where it was changed', async () => {
    const ref = { projection: 'cards', version: 1, key: 'm-1' }
    const stored = await world.storage.viewStore.get(ref)
    if (!stored) throw new Error('no view')
    const other = { ...stored.document, key: 'm-9', id: 'cards:1:m-9' }
    await world.storage.viewStore.save(other, 'ifAbsent')
    await expect(get('m-9')).rejects.toMatchObject({ code: 'PersonalDataTampered' })
  })

  it('is KeysUnavailable while the store of keys is down, and is not taken for forgotten', async () => {
    world.breakKeys(true)
    await expect(get()).rejects.toMatchObject({ code: 'KeysUnavailable' })
    await expect(foldAll(world.storage, { ...cards, name: 'other' })).rejects.toMatchObject({ code: 'KeysUnavailable' })
    world.breakKeys(false)
    expect(await get()).toMatchObject({ name: 'Needle m-1' })
  })
})

test('a query cannot filter, order or count by a sealed member', async () => {
  const { views } = world.storage
  const invalid = { code: 'InvalidQuery' }
  await expect(views.query(cards, { where: { name: 'x' } })).rejects.toMatchObject(invalid)
  await expect(views.query(cards, { where: { or: [{ plan: 'x' }, { email: 'x' }] } })).rejects.toMatchObject(invalid)
  await expect(views.query(cards, { orderBy: { field: 'email' } })).rejects.toMatchObject(invalid)
  await expect(views.count(cards, { where: { email: { ne: 'x' } } })).rejects.toMatchObject(invalid)
  await expect(views.query(cards, { where: { plan: 'x' } })).resolves.toEqual({ items: [] })
})

test('a reader that does not have the rules sees that members are sealed, and no more', async () => {
  await world.join('m-1')
  await foldAll(world.storage, cards)
  const byName = { name: 'cards', version: 1, initial: () => ({}) }
  const form = { memberId: 'm-1', plan: 'basic', name: '(sealed)', email: '(sealed)', redacted: [] }
  expect(await world.storage.views.get(byName, 'm-1')).toEqual(form)
  expect((await world.storage.views.query(byName)).items).toEqual([form])
})

test('a list of views for a terminal does not open them', async () => {
  await world.join('m-1')
  await foldAll(world.storage, cards)
  await recordVersion(world.storage, world.clock, cards)
  const listed: unknown[] = []
  const options = { most: 10, signal: new AbortController().signal }
  await listViews(world.storage, 'cards', options, async (view) => void listed.push(view))
  expect(listed).toMatchObject([{ key: 'm-1', data: { name: '(sealed)', plan: 'basic' } }])
})

test('another rule for sealed members counts as another text of the handlers', () => {
  const define = (of: (view: { readonly name: string }) => string | null) =>
    defineProjection('cards', {
      events: members,
      key: () => 'k',
      initial: () => ({ name: '' }),
      on: {},
      personal: { of, fields: { name: '' } },
    })
  expect(define(() => null).fingerprint).not.toBe(define(() => 'm-1').fingerprint)
})

test('a parked view stays sealed, and its replay opens and seals it', async () => {
  let broken = true
  const fragile: typeof cards = {
    ...cards,
    name: 'fragile',
    fold(key, view, event) {
      if (event.type === 'Renamed' && broken) throw new Error('no')
      return cards.fold(key, view, event)
    },
  }
  for (const id of ['m-1', 'm-2']) {
    await world.join(id)
    await world.append(id, 'Renamed', { fullName: `Needle Two of ${id}` })
  }
  await foldAll(world.storage, fragile)
  const parked = parkedSequences(world.storage, fragile)
  expect(await parked.show('m-1')).toMatchObject({ waiting: 1, view: { plan: 'basic', name: '(sealed)' } })
  expect(await world.storage.views.get(fragile, 'm-1')).toMatchObject({ name: 'Needle m-1' })
  await world.forget('m-2')
  broken = false
  const before = { name: '(sealed)', email: '(sealed)' }
  expect(await parked.replay('m-1', { dryRun: true })).toMatchObject({
    folded: 1,
    unparked: true,
    before,
    view: before,
  })
  expect(await parked.count()).toBe(2)
  for (const id of ['m-1', 'm-2']) expect(await parked.replay(id)).toMatchObject({ folded: 1, unparked: true })
  expect(await world.storage.views.get(fragile, 'm-1')).toMatchObject({
    name: 'Needle Two of m-1',
    email: 'needle-m-1@example.org',
  })
  expect(await world.storage.views.get(fragile, 'm-2')).toMatchObject({ name: '(forgotten)', email: '' })
  expect(world.storedViews()).not.toMatch(/needle/i)
})

test('a view of two people forgets one of them', async () => {
  const pairs = defineProjection('pairs', {
    events: members,
    key: () => 'pair',
    initial: () => ({ first: 'm-1', firstName: '', second: 'm-2', secondName: '' }),
    on: {
      Joined: (view, { data }) =>
        data.memberId === view.first ? { ...view, firstName: data.name } : { ...view, secondName: data.name },
    },
    personal: [
      { of: (view) => view.first, fields: { firstName: '-' } },
      { of: (view) => view.second, fields: { secondName: '--' } },
    ],
  })
  for (const id of ['m-1', 'm-2']) await world.join(id)
  await foldAll(world.storage, pairs)
  expect(await world.storage.views.get(pairs, 'pair')).toMatchObject({
    firstName: 'Needle m-1',
    secondName: 'Needle m-2',
  })
  expect(world.storedViews()).not.toMatch(/needle/i)
  await world.forget('m-2')
  expect(await world.storage.views.get(pairs, 'pair')).toMatchObject({ firstName: 'Needle m-1', secondName: '--' })
})

test('a view that two workers save at once stays sealed and whole', async () => {
  await world.join('m-1')
  await world.append('m-1', 'Renamed', { fullName: 'Needle Three' })
  const held = holding(world.storage, 'before', (call) => call === 'viewStore.save')
  const first = foldAll(held.port, cards)
  await held.reached
  await foldAll(await world.another(), cards)
  held.release()
  await first
  expect(await get()).toMatchObject({ name: 'Needle Three', plan: 'basic' })
  expect(world.storedViews()).not.toMatch(/needle/i)
})

test('a view cannot contain the name under which members are sealed', async () => {
  const bad = defineProjection('bad', {
    events: members,
    key: ({ streamId }) => streamId,
    initial: () => ({ $personal: '' }),
    on: { PlanChanged: (view) => view },
  })
  expect(() =>
    bad.fold('k', null, {
      type: 'PlanChanged',
      data: {},
      streamId: 's',
      version: 1,
      metadata: { eventId: 'e', recordedAt: '' },
    }),
  ).toThrow('$personal is reserved in views')
})

test('definitions that could not forget are refused', () => {
  const base = { events: members, key: () => 'k', initial: () => ({ name: '', n: 0 }), on: {} }
  const rule = { of: () => 'm', fields: { name: '' } }
  const refused = (more: object, why: string) =>
    expect(() => defineProjection('bad', { ...base, ...more } as never)).toThrow(why)
  refused({ personal: rule, forgotten: { key: () => 'k', fold: () => null } }, 'either sealed (personal) or swept')
  refused({ personal: rule, merge: (a: unknown) => a }, 'views with merge cannot be sealed')
  refused({ personal: rule, indexes: ['name.first'] }, 'name.first is sealed, so it cannot be indexed')
  refused({ personal: { fields: { name: '' } } }, 'personal needs a function `of`')
  refused({ personal: [] }, 'personal has no rule')
  refused({ personal: [rule, rule] }, 'name cannot be sealed for two people')
  refused({ personal: { of: () => 'm', fields: { 'a.b': '' } } }, 'not a top-level member')
  refused({ personal: { of: () => 'm', fields: { name: 1n } } }, 'the stand-in for name is not JSON')
  refused({ forgotten: { key: () => 'k' } }, 'forgotten needs the functions key and fold')
  expect(plans.personal).toBeUndefined()
})
