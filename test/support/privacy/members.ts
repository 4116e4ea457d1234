import { z } from 'zod'
import { defineEvents } from '../../../src/core/events/define-events.ts'
import { eventStore } from '../../../src/core/events/event-store.ts'
import type { StoragePort } from '../../../src/core/port/storage.ts'
import { openVault } from '../../../src/privacy/open-vault.ts'
import { withVault } from '../../../src/privacy/with-vault.ts'
import { defineProjection } from '../../../src/projections/define-projection.ts'
import { manualClock } from '../../../src/testing/manual-clock.ts'
import { openMemory } from '../../../src/testing/memory/index.ts'
import { testMaster, watched } from '../../unit/privacy/support/vaults.ts'

export const members = defineEvents({
  Joined: {
    schema: z.object({ memberId: z.string(), plan: z.string(), name: z.string(), email: z.string() }),
    personal: { of: (data) => data.memberId, fields: { name: '(forgotten)', email: '' } },
  },
  Renamed: {
    schema: z.object({ memberId: z.string(), fullName: z.string() }),
    version: 2,
    upcast: { 1: ({ name, ...data }) => ({ ...data, fullName: String(name).trim() }) },
    personal: { of: (data) => data.memberId, fields: { fullName: '(forgotten)', name: '(forgotten)' } },
  },
  PlanChanged: z.object({ memberId: z.string(), plan: z.string() }),
})

/** It gets no personal members. */
export const plans = defineProjection('plans', {
  events: members,
  key: ({ data }) => data.memberId,
  initial: () => ({ plan: '', events: 0, seen: [] as readonly string[] }),
  on: {
    Joined: (view, { data }) => ({
      plan: data.plan,
      events: view.events + 1,
      seen: [...view.seen, Object.keys(data).join()],
    }),
    Renamed: (view, { data }) => ({
      ...view,
      events: view.events + 1,
      seen: [...view.seen, Object.keys(data).join()],
    }),
    PlanChanged: (view, { data }) => ({ ...view, plan: data.plan, events: view.events + 1 }),
  },
})

/** Its views are sealed. */
export const cards = defineProjection('cards', {
  events: members,
  key: ({ data }) => data.memberId,
  initial: (key) => ({ memberId: key, plan: '', name: '', email: '', redacted: [] as readonly string[] }),
  on: {
    Joined: (view, { data: { plan, name, email }, redacted = [] }) => ({ ...view, plan, name, email, redacted }),
    Renamed: (view, { data, redacted = [] }) => ({ ...view, name: data.fullName, redacted }),
    PlanChanged: (view, { data }) => ({ ...view, plan: data.plan }),
  },
  personal: { of: (view) => view.memberId, fields: { name: '(forgotten)', email: '' } },
})

/** Its views are in clear, and removed when their person was forgotten. */
export const search = defineProjection('search', {
  events: members,
  indexes: ['name'],
  key: ({ data }) => data.memberId,
  initial: (key) => ({ memberId: key, name: '', plan: '' }),
  on: {
    Joined: (view, { data: { name, plan } }) => ({ ...view, name, plan }),
    Renamed: (view, { data }) => ({ ...view, name: data.fullName }),
    PlanChanged: (view, { data }) => ({ ...view, plan: data.plan }),
  },
  forgotten: { key: (person) => person, fold: () => null },
})

/** Its views are in clear, and keep what is not personal. */
export const directory = defineProjection('directory', {
  events: members,
  key: ({ data }) => data.memberId,
  initial: () => ({ name: '', events: 0 }),
  on: {
    Joined: (view, { data }) => ({ name: data.name, events: view.events + 1 }),
    Renamed: (view, { data }) => ({ name: data.fullName, events: view.events + 1 }),
    PlanChanged: (view) => ({ ...view, events: view.events + 1 }),
  },
  forgotten: { key: (person) => person, fold: (view) => ({ ...view, name: '' }) },
})

/** A log with a vault, in memory, and what it takes to forget. */
export async function openMembers(ranges = 1) {
  const clock = manualClock()
  const log = openMemory({ clock, ranges })
  const keyStorage = openMemory({ clock })
  let isDown = false
  const { calls, keys } = watched(keyStorage, () => {
    if (isDown) throw new Error('the store of keys is down')
  })
  const master = testMaster()
  const open = () => openVault({ keys: keys as never, master, clock })
  const vault = await open()
  const storage = withVault(log, vault, { clock })
  const store = eventStore(storage, members)
  const append = (memberId: string, type: 'Joined' | 'Renamed' | 'PlanChanged', data: object) =>
    store.append(`member:${memberId}`, [{ type, data: { memberId, ...data } } as never], { expectedVersion: 'any' })

  return {
    clock,
    log,
    keyStorage,
    vault,
    storage,
    append,
    /** Calls of the store of keys so far. */
    calls,
    /** Another process on the same log and keys. */
    another: async (): Promise<StoragePort> => withVault(log.reopen(), await open(), { clock }),
    join: (memberId: string, name = `Needle ${memberId}`) =>
      append(memberId, 'Joined', { plan: 'basic', name, email: `needle-${memberId}@example.org` }),
    /** Whether the store of keys cannot be reached. */
    breakKeys(broken: boolean) {
      isDown = broken
      // What is cached is of no use any more.
      clock.advance(3_600_001)
    },
    /** Forgets a person and waits until no process can open anything, but appends no marker yet. */
    async forget(person: string) {
      const { unreadableBy } = await vault.forget(person)
      clock.set(Math.max(clock.now(), unreadableBy.getTime()))
    },
    /** Forgets a person to the end, including the marker. */
    async forgetFully(person: string) {
      await vault.forget(person)
      clock.advance(70_000)
      await vault.finishDue()
    },
    /** Everything that is stored about views, as text. */
    storedViews: () => JSON.stringify([...log.state.views]),
  }
}
