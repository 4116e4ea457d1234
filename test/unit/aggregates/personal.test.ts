import { inspect } from 'node:util'
import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { defineAggregate } from '../../../src/aggregates/aggregate.ts'
import { repository } from '../../../src/aggregates/repository.ts'
import type { Clock } from '../../../src/core/clock.ts'
import { defineEvents } from '../../../src/core/events/define-events.ts'
import { eventStore } from '../../../src/core/events/event-store.ts'
import { SEALED, sealedMembersOf } from '../../../src/core/events/sealing/sealed-data.ts'
import type { StoragePort } from '../../../src/core/port/storage.ts'
import { openVault, type PrivacyVault } from '../../../src/privacy/open-vault.ts'
import { withVault } from '../../../src/privacy/with-vault.ts'
import { manualClock } from '../../../src/testing/manual-clock.ts'
import { openMemory } from '../../../src/testing/memory/index.ts'
import { testMaster } from '../privacy/support/vaults.ts'
import { storages } from './storages.ts'

const events = defineEvents({
  Joined: {
    schema: z.object({ memberId: z.string(), plan: z.string(), name: z.string() }),
    personal: { of: (data) => data.memberId, fields: { name: '(forgotten)' } },
  },
  /** The data of two people. */
  Referred: {
    schema: z.object({ by: z.string(), whom: z.string(), byName: z.string(), whomName: z.string() }),
    personal: [
      { of: (data) => data.by, fields: { byName: '?' } },
      { of: (data) => data.whom, fields: { whomName: '?' } },
    ],
  },
  Carried: {
    schema: z.object({ memberId: z.string(), names: z.array(z.string()) }),
    personal: { of: (data) => data.memberId, fields: { names: [] } },
  },
})

type State = { readonly memberId: string; readonly names: readonly string[]; readonly redacted: number }

const member = defineAggregate({
  category: 'member',
  events,
  initial: { memberId: '', names: [], redacted: 0 } as State,
  evolve: {
    Joined: (state, { data, redacted }) => ({
      memberId: data.memberId,
      names: [...state.names, data.name],
      redacted: state.redacted + (redacted?.length ?? 0),
    }),
    Referred: (state, { data, redacted }) => ({
      ...state,
      names: [...state.names, data.byName, data.whomName],
      redacted: state.redacted + (redacted?.length ?? 0),
    }),
    Carried: (state, { data, redacted }) => ({ ...data, redacted: state.redacted + (redacted?.length ?? 0) }),
  },
})
const yearly = defineAggregate({
  ...member,
  category: 'yearly',
  periods: { carry: ({ memberId, names }) => events.create('Carried', { memberId, names: [...names] }) },
})

const joined = (name: string, memberId = 'm') => events.create('Joined', { memberId, plan: 'basic', name })

/** A storage with a vault, and another process' access to both. */
async function opened(storage: StoragePort, clock: Clock) {
  const master = testMaster()
  const open = () => openVault({ keys: storage, master, clock, keyCache: { ttl: 1000 } })
  const vault = await open()
  return { storage: withVault(storage, vault), vault, other: async () => withVault(storage, await open()) }
}

describe.each(storages)('an aggregate with personal data in %s', (_, open) => {
  async function setting() {
    const clock = manualClock()
    const port = await open({ clock })
    return { clock, port, ...(await opened(port, clock)) }
  }

  test('is loaded as it was written, and nothing of a person is stored in clear', async () => {
    const { port, storage, other } = await setting()
    await using _ = port
    await repository(storage, member).execute('1', () => [joined('Ann Needle'), joined('Ann Needle-Lee')])
    expect((await repository(storage, member).load('1')).state.names).toEqual(['Ann Needle', 'Ann Needle-Lee'])
    expect((await repository(await other(), member).load('1')).state.names).toEqual(['Ann Needle', 'Ann Needle-Lee'])
    const stored = await port.events.load('member:1')
    expect(JSON.stringify(stored)).not.toContain('Needle')
    expect(stored.events[0]?.eventData).toMatchObject({ memberId: 'm', plan: 'basic', [SEALED]: [{ f: ['name'] }] })
  })

  test('a repeat of a command returns its first result, and another decision under its id is refused', async () => {
    const { port, storage } = await setting()
    await using _ = port
    const members = repository(storage, member)
    const command = { commandId: 'c', fingerprint: 'f' }
    const first = await members.execute('1', () => joined('Ann'), command)
    const again = await repository(storage, member).execute('1', () => joined('Ann'), command)
    expect(again).toMatchObject({ duplicate: true, version: first.version, state: first.state })
    expect(again.events[0]?.data).toMatchObject({ name: 'Ann' })
    const log = eventStore(storage, events)
    const id = { ...joined('Bob'), id: 'e' }
    await log.append('member:2', [id], { expectedVersion: 0 })
    expect(await log.append('member:2', [id], { expectedVersion: 0 })).toMatchObject({ duplicate: true })
    await expect(log.append('member:2', [{ ...joined('Rob'), id: 'e' }], { expectedVersion: 0 })).rejects.toMatchObject(
      {
        code: 'EventIdReused',
      },
    )
  })

  test('has stand-ins once the person is forgotten, also where its state was cached', async () => {
    const { clock, port, storage, vault, other } = await setting()
    await using _ = port
    const [here, there] = [repository(storage, member), repository(await other(), member)]
    await here.execute('1', () => joined('Ann'))
    expect((await there.load('1')).state.names).toEqual(['Ann'])
    const { unreadableBy } = await vault.forget('m')
    expect((await here.load('1')).state).toEqual({ memberId: 'm', names: ['(forgotten)'], redacted: 1 })
    clock.advance(unreadableBy.getTime() - clock.now())
    expect((await there.load('1')).state).toEqual({ memberId: 'm', names: ['(forgotten)'], redacted: 1 })
    const refused = here.execute('1', () => joined('Ann again'))
    await expect(refused).rejects.toMatchObject({ code: 'PersonForgotten', person: 'm' })
    expect((await port.events.load('member:1')).version).toBe(1)
  })

  test('keeps the data of one person when another in the same event is forgotten', async () => {
    const { port, storage, vault } = await setting()
    await using _ = port
    const data = { by: 'a', whom: 'b', byName: 'Ann', whomName: 'Bob' }
    const members = repository(storage, member)
    await members.execute('1', () => events.create('Referred', data))
    await vault.forget('b')
    expect((await members.load('1')).state).toMatchObject({ names: ['Ann', '?'], redacted: 1 })
    // What is left of a cached state is valid again.
    expect((await members.load('1')).state).toMatchObject({ names: ['Ann', '?'], redacted: 1 })
    await vault.forget('a')
    expect((await members.load('1')).state).toMatchObject({ names: ['?', '?'], redacted: 2 })
  })

  test('takes snapshots that open only while nobody in them is forgotten', async () => {
    const { port, storage, vault, other } = await setting()
    await using _ = port
    const errors: unknown[] = []
    const options = { snapshots: { every: 1, onError: (error: unknown) => void errors.push(error) } }
    const members = repository(storage, member, options)
    await members.execute('1', () => [joined('Ann Needle'), joined('Bob Needle', 'n')])
    await members.settled()
    const snapshot = await port.snapshots.get('member:1')
    expect(snapshot).toMatchObject({ version: 2, sealed: true })
    expect(JSON.stringify(snapshot)).not.toContain('Needle')
    expect((await repository(await other(), member, options).load('1')).state.names).toEqual([
      'Ann Needle',
      'Bob Needle',
    ])

    await vault.forget('n')
    const after = await repository(storage, member, options).load('1')
    expect(after.state).toMatchObject({ names: ['Ann Needle', '(forgotten)'], redacted: 1 })
    expect(errors).toEqual([])
    // Moved to another stream, it opens nothing.
    await members.execute('2', () => [joined('Cat', 'o'), joined('Dan', 'o')])
    await members.settled()
    const moved = await port.snapshots.get('member:2')
    await members.execute('3', () => [joined('Eve', 'o'), joined('Flo', 'o')])
    await members.settled()
    await port.snapshots.save({
      ...(await port.snapshots.get('member:3')),
      ...moved,
      id: 'member:3',
      eventId: undefined,
    } as never)
    expect((await repository(await other(), member, options).load('3')).state.names).toEqual(['Eve', 'Flo'])
    expect(errors).toMatchObject([{ code: 'PersonalDataTampered' }])
  })

  test('carries personal data into the next period, sealed for its stream', async () => {
    const { port, storage, vault } = await setting()
    await using _ = port
    const members = repository(storage, yearly)
    await members.execute('1', () => joined('Ann Needle'), { period: '2025' })
    await members.close('1', { period: '2025', successor: '2026' })
    expect((await repository(storage, yearly).load('1')).state.names).toEqual(['Ann Needle'])
    for (const streamId of ['yearly:1', 'yearly:1:2025', 'yearly:1:2026']) {
      expect(JSON.stringify(await port.events.load(streamId))).not.toContain('Needle')
    }
    await vault.forget('m')
    expect((await members.load('1')).state).toMatchObject({ names: [], redacted: 1 })
    expect((await members.load('1', { period: '2025' })).state).toMatchObject({ names: ['(forgotten)'], redacted: 1 })
  })

  test('says that data was changed or moved, or that its key is missing, and never that it was forgotten', async () => {
    const { port, storage } = await setting()
    await using _ = port
    await repository(storage, member).execute('1', () => joined('Ann'))
    const [document] = (await port.events.load('member:1')).events
    const { eventData = {}, metadata } = document ?? {}
    const copy = { eventType: 'Joined', eventData, metadata: { eventId: String(metadata?.eventId) } }
    await port.events.append('member:2', [copy], { expectedVersion: 0 })
    await expect(repository(storage, member).load('2')).rejects.toMatchObject({ code: 'PersonalDataTampered' })
    const [sealed] = sealedMembersOf(eventData)
    const lost = { ...eventData, [SEALED]: [{ ...sealed, k: `${'A'.repeat(22)}.1` }] } as typeof eventData
    await port.events.append('member:3', [{ ...copy, eventData: lost }], { expectedVersion: 0 })
    await expect(repository(storage, member).load('3')).rejects.toMatchObject({ code: 'PersonalKeyMissing' })
  })
})

test('a state of personal data is read from the cache without its events', async () => {
  const clock = manualClock()
  const [, open] = storages[0] as (typeof storages)[number]
  const port = await open({ clock })
  const { storage } = await opened(port, clock)
  let decoded = 0
  const vault: PrivacyVault['events'] = storage.vault.events
  const counting = { ...storage, vault: { ...storage.vault, events: { ...vault, open: countingOpen } } }
  async function countingOpen(...args: Parameters<typeof vault.open>) {
    decoded += args[0].length
    return vault.open(...args)
  }
  const members = repository(counting, member)
  await members.execute('1', () => [joined('Ann'), joined('Ann Lee')])
  await members.load('1')
  await members.execute('1', () => joined('Ann Lee-Fox'))
  expect(decoded).toBe(0)
})

test('a command that slept while a person was forgotten and admitted again brings nothing back', async () => {
  const clock = manualClock()
  const { storage, vault } = await opened(openMemory({ clock }), clock)
  await repository(storage, member).execute('1', () => joined('Needle'))
  await repository(storage, yearly).execute('1', () => joined('Needle', 'y'), { period: '2026' })
  let sleep = async () => {}
  const { seal } = storage.vault.events
  const events: typeof storage.vault.events = {
    ...storage.vault.events,
    async seal(...given) {
      await sleep()
      return seal(...given)
    },
  }
  const late = { ...storage, vault: { ...storage.vault, events } }
  const [members, years] = [repository(late, member), repository(late, yearly)]
  const copied = ({ names }: State) => joined([...names, 'again'].join())
  for (const [person, command] of [
    ['m', () => members.execute('1', copied)],
    ['y', () => years.close('1', { period: '2026', successor: '2027' })],
  ] as const) {
    sleep = async () => {
      sleep = async () => {}
      await vault.forget(person)
      clock.advance(10_000)
      await vault.finishDue()
      await vault.admit(person)
    }
    await expect(command()).rejects.toMatchObject({ code: 'KeysUnavailable' })
    expect(JSON.stringify(await command())).not.toContain('Needle')
  }
  expect((await members.load('1')).state.names).toEqual(['(forgotten)', '(forgotten),again'])
})

test('what is not JSON is refused by names of members alone, neither by a command nor for a snapshot', async () => {
  const contacts = defineEvents({
    Met: {
      schema: z.object({ memberId: z.string(), whom: z.any() }),
      personal: { of: (data) => data.memberId, fields: { whom: null } },
    },
  })
  const circle = defineAggregate({
    category: 'circle',
    events: contacts,
    initial: {} as { readonly [name: string]: unknown },
    evolve: { Met: (_state, { data }) => ({ [String(data.whom)]: Number.NaN }) },
  })
  const clock = manualClock()
  const { storage } = await opened(openMemory({ clock }), clock)
  const errors: unknown[] = []
  const circles = repository(storage, circle, { snapshots: { every: 1, onError: (error) => void errors.push(error) } })
  const met = (whom: unknown) => circles.execute('1', () => contacts.create('Met', { memberId: 'm', whom }))
  errors.push(await met({ 'needle@example.org': new Date() }).catch((error: unknown) => error))
  await met('needle@example.org')
  await circles.settled()
  expect(errors).toEqual([expect.objectContaining({ code: 'NotJson' }), expect.objectContaining({ code: 'NotJson' })])
  expect(inspect(errors, { depth: null })).not.toContain('needle')
})
