import { beforeEach, expect, test } from 'vitest'
import { z } from 'zod'
import { defineEvents } from '../../../../src/core/events/define-events.ts'
import { eventStore } from '../../../../src/core/events/event-store.ts'
import { sealedMembersOf } from '../../../../src/core/events/sealing/sealed-data.ts'
import type { FeedPage, FeedRange } from '../../../../src/core/port/change-feed.ts'
import type { StoragePort } from '../../../../src/core/port/storage.ts'
import { containsHash } from '../../../../src/core/positions/hash-interval.ts'
import { projectPage } from '../../../../src/processor/pages/project-page.ts'
import { parkedSequences } from '../../../../src/processor/replay/parked-sequences.ts'
import { defineProjection } from '../../../../src/projections/define-projection.ts'
import { hashOf } from '../../../../src/testing/memory/hash.ts'
import { directory, members, openMembers, search } from '../../../support/privacy/members.ts'
import { contextOf, foldAll } from '../../processor/parking/support.ts'
import { holding } from '../../processor/support.ts'

let world: Awaited<ReturnType<typeof openMembers>>
beforeEach(async () => {
  world = await openMembers()
})

const wholeFeed = async (storage: StoragePort): Promise<readonly [FeedRange, FeedPage]> => {
  const [range] = (await storage.feed.ranges()) as [FeedRange]
  return [range, await storage.feed.read(range, 'start', { limit: 1_000 })]
}

test('views in clear can be queried by what is personal, until their person was forgotten', async () => {
  for (const id of ['m-1', 'm-2']) await world.join(id)
  await foldAll(world.storage, search)
  const query = () => world.storage.views.query(search, { where: { name: { in: ['Needle m-1', 'Needle m-2'] } } })
  expect((await query()).items).toHaveLength(2)
  await world.forgetFully('m-1')
  await foldAll(world.storage, search)
  expect((await query()).items).toEqual([{ memberId: 'm-2', name: 'Needle m-2', plan: 'basic' }])
  expect(world.storedViews()).not.toMatch(/needle m-1/i)
})

test('a projection without forgotten is not told, and one with it may keep what is not personal', async () => {
  await world.join('m-1')
  await foldAll(world.storage, directory)
  await world.forgetFully('m-1')
  await foldAll(world.storage, directory)
  expect(await world.storage.views.get(directory, 'm-1')).toEqual({ name: '', events: 1 })
})

test('a page that was opened before, and is folded after the person was forgotten, does not bring the view back', async () => {
  await world.join('m-1')
  await world.append('m-1', 'Renamed', { fullName: 'Needle Two' })
  for (const projection of [search, directory]) {
    // A worker opened the page, and is suspended at its save until another one has folded the marker.
    const held = holding(world.storage, 'before', (call) => call === 'viewStore.save')
    const [range, page] = await wholeFeed(held.port)
    const folding = projectPage(contextOf(held.port), projection, range, page)
    await held.reached
    await world.forgetFully('m-1')
    await foldAll(await world.another(), projection)
    held.release()
    await folding
    expect(world.storedViews()).not.toMatch(/needle/i)
  }
  expect(await world.storage.views.get(search, 'm-1')).toBeNull()
})

/** Two ranges, and a member whose marker will be in another range than their events. */
async function openApart() {
  for (;;) {
    const two = await openMembers(2)
    await two.join('m-1')
    const [range, other] = (await two.storage.feed.ranges()) as [FeedRange, FeedRange]
    const { events } = await two.storage.feed.read(range, 'start')
    const own = events.length > 0 ? range : other
    const document = events[0]?.event ?? (await two.storage.feed.read(other, 'start')).events[0]?.event
    const [keyId] = (sealedMembersOf(document?.eventData ?? {})[0]?.k ?? '').split('.')
    if (!containsHash(own, hashOf(`$privacy:${keyId}`))) return { ...two, own, its: own === range ? other : range }
  }
}

test.each([
  [search, null],
  [directory, { name: '', events: 1 }],
])(
  'a late event that was opened before is folded from stand-ins, where the marker came first ($name)',
  async (projection, expected) => {
    const { storage, own, its, another, forgetFully, storedViews } = await openApart()
    const seen: string[] = []
    const watching: typeof projection = {
      ...projection,
      fold(key, view, event) {
        seen.push(JSON.stringify(event))
        return projection.fold(key, view, event) as never
      },
    }
    const held = holding(storage, 'before', (call) => call === 'viewStore.getMany')
    const folding = projectPage(contextOf(held.port), watching, own, await held.port.feed.read(own, 'start'))
    await held.reached
    await forgetFully('m-1')
    const folded = await projectPage(contextOf(await another()), projection, its, await storage.feed.read(its, 'start'))
    expect(folded).toBe(1)
    held.release()
    expect(await folding).toBe(1)
    expect(seen.join()).toMatch(/"name":"\(forgotten\)".*"redacted":\["email","name"\]/)
    expect(seen.join()).not.toMatch(/needle/i)
    expect(storedViews()).not.toMatch(/needle/i)
    expect(await storage.views.get(projection as typeof directory, 'm-1')).toEqual(expected)
  },
)

test('after a lawful return, new data is in the views, and old data is not', async () => {
  await world.join('m-1', 'Needle Old')
  await foldAll(world.storage, search)
  await world.forgetFully('m-1')
  await foldAll(world.storage, search)
  await world.vault.admit('m-1')
  world.clock.advance(1)
  await world.join('m-1', 'Returned')
  await foldAll(world.storage, search)
  expect(await world.storage.views.get(search, 'm-1')).toMatchObject({ name: 'Returned' })
  const rebuilt = { ...search, name: 'rebuilt' }
  await foldAll(world.storage, rebuilt)
  expect(await world.storage.views.get(rebuilt, 'm-1')).toMatchObject({ name: 'Returned' })
})

test('every part of a view that is stored in parts forgets', async () => {
  const names = defineProjection('names', {
    events: members,
    key: () => 'all',
    initial: () => ({}) as { readonly [id: string]: string },
    on: { Joined: (view, { data }) => ({ ...view, [data.memberId]: data.name }) },
    merge: (a, b) => ({ ...a, ...b }),
    forgotten: {
      key: () => 'all',
      fold: (view, { person }) => Object.fromEntries(Object.entries(view).filter(([id]) => id !== person)),
    },
  })
  const wide = await openMembers(4)
  const ids = Array.from({ length: 12 }, (_, i) => `m-${i}`)
  for (const id of ids) await wide.join(id)
  const slices = ['', '10', '20', '30']
  const fold = async (storage: StoragePort) => {
    const context = { ...contextOf(storage), slicesOf: () => slices }
    for (const range of await storage.feed.ranges()) {
      await projectPage(context, names, range, await storage.feed.read(range, 'start'))
    }
  }
  await fold(wide.storage)
  for (const id of ids.slice(0, 6)) await wide.forgetFully(id)
  await fold(wide.storage)
  const stored = wide.storedViews()
  for (const [i, id] of ids.entries()) expect(stored.includes(`Needle ${id}\\"`)).toBe(i >= 6)
})

test('a parked view forgets at once, and its replay brings nothing back', async () => {
  let broken = true
  const fragile = defineProjection('fragile', {
    events: members,
    key: ({ data }) => data.memberId,
    initial: () => ({ name: '', email: '', plan: '' }),
    on: {
      Joined: (view, { data }) => ({ ...view, name: data.name, email: data.email }),
      Renamed: (view, { data }) => {
        if (broken) throw new RangeError(`cannot take ${data.fullName}`)
        return { ...view, name: data.fullName }
      },
      PlanChanged: (view, { data }) => ({ ...view, plan: data.plan }),
    },
    forgotten: { key: (person) => person, fold: (view) => ({ ...view, name: '(forgotten)', email: '' }) },
  })
  await world.join('m-1')
  await world.append('m-1', 'Renamed', { fullName: 'Needle Two' })
  await foldAll(world.storage, fragile)
  const parked = parkedSequences(world.storage, fragile)
  const sequence = await parked.show('m-1')
  expect(sequence).toMatchObject({ waiting: 1, view: null })
  expect(sequence?.error?.message).toMatch(/RangeError \(its message is withheld.*\) at .*swept-views\.test\.ts/)
  expect(JSON.stringify(sequence)).not.toMatch(/needle/i)
  expect(world.storedViews()).not.toMatch(/needle two/i)
  await world.append('m-1', 'PlanChanged', { plan: 'gold' })
  await world.forgetFully('m-1')
  await foldAll(world.storage, fragile)
  expect(world.storedViews()).not.toMatch(/needle/i)
  broken = false
  expect(await parked.replay('m-1', { dryRun: true })).toMatchObject({ unparked: true, view: null, before: null })
  expect(await parked.replay('m-1')).toMatchObject({ unparked: true, folded: 3 })
  expect(world.storedViews()).not.toMatch(/needle/i)
  expect(await world.storage.views.get(fragile, 'm-1')).toEqual({ name: '(forgotten)', email: '', plan: 'gold' })
})

test('a marker that waits behind another event of the same page takes effect when the view is parked', async () => {
  const poisoned = defineProjection('poisoned', {
    events: members,
    key: ({ data }) => data.memberId,
    initial: () => ({ name: '' }),
    on: {
      Joined: (_, { data }) => ({ name: data.name }),
      PlanChanged: () => {
        throw new Error('no')
      },
    },
    forgotten: { key: (person) => person, fold: () => null },
  })
  await world.join('m-1')
  await foldAll(world.storage, poisoned)
  expect(world.storedViews()).toMatch(/needle/i)
  await world.append('m-1', 'PlanChanged', { plan: 'gold' })
  await world.forgetFully('m-1')
  await foldAll(world.storage, poisoned)
  expect(await parkedSequences(world.storage, poisoned).show('m-1')).toMatchObject({ waiting: 2 })
  expect(world.storedViews()).not.toMatch(/needle/i)
})

test('an event about two people, one of whom was forgotten, leaves the view of the other one as it is', async () => {
  const introductions = defineEvents({
    Introduced: {
      schema: z.object({ by: z.string(), byName: z.string(), guest: z.string(), guestName: z.string() }),
      personal: [
        { of: (data) => data.by, fields: { byName: '(forgotten)' } },
        { of: (data) => data.guest, fields: { guestName: '(forgotten)' } },
      ],
    },
  })
  const hosts = defineProjection('hosts', {
    events: introductions,
    key: ({ data }) => data.by,
    initial: () => ({ name: '', guests: [] as readonly string[] }),
    on: { Introduced: (view, { data }) => ({ name: data.byName, guests: [...view.guests, data.guestName] }) },
    forgotten: { key: (person) => person, fold: () => null },
  })
  const data = { by: 'm-1', byName: 'Host', guest: 'm-2', guestName: 'Needle m-2' }
  const store = eventStore(world.storage, introductions)
  await store.append('member:m-1', [{ type: 'Introduced', data }], { expectedVersion: 'any' })
  await world.forgetFully('m-2')
  await foldAll(world.storage, hosts)
  expect(await world.storage.views.get(hosts, 'm-1')).toEqual({ name: 'Host', guests: ['(forgotten)'] })
})
