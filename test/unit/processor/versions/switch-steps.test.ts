import { expect, it } from 'vitest'
import { systemClock } from '../../../../src/core/clock.ts'
import type { StoragePort } from '../../../../src/core/port/storage.ts'
import { startProcessor } from '../../../../src/processor/processor.ts'
import { switchVersion } from '../../../../src/processor/versions/switch-version.ts'
import { openMemory } from '../../../../src/testing/memory/index.ts'
import { changeVersionRecord, readVersionRecord, type VersionRecord } from '../../../../src/views/version-record.ts'
import { withViews } from '../../../../src/views/with-views.ts'
import { untilCaughtUp } from '../../../support/projecting/until.ts'
import { hurriedClock } from '../support.ts'
import { count, counts, poisonous } from './support.ts'

const [v1, v2] = [counts(1), counts(2)]
const request = { projection: 'counts', version: 2, clock: systemClock }

/** Runs a version until it has read everything. */
async function run(port: StoragePort, projection: typeof v1) {
  await using _ = await startProcessor(port, [projection], { clock: hurriedClock })
  await untilCaughtUp(port, [projection])
}

const recordOf = async (port: StoragePort) => (await readVersionRecord(port.viewStore, 'counts'))?.document

/** Both versions, the second of which is held, so that nobody switches to it by itself. */
async function bothCaughtUp(port: StoragePort): Promise<void> {
  await count(port, 'a:1', 3)
  await run(port, v1)
  const entry = { since: '', texts: [], held: true }
  await changeVersionRecord(port, 'counts', (record) => record && { ...record, versions: { 2: entry } })
  await run(port, v2)
}

it('waits for the end of the feed, for views may be further than the position of their version', async () => {
  await using port = openMemory()
  await bothCaughtUp(port)
  await count(port, 'a:1')
  // Version 1 saves its views and is killed before its position is saved.
  const killed: StoragePort = {
    ...port,
    leases: {
      ...port.leases,
      save: (lease, condition) =>
        lease.readTo > 1 ? Promise.reject(new Error('killed')) : port.leases.save(lease, condition),
    },
  }
  const dying = await startProcessor(killed, [v1], { clock: hurriedClock })
  const views = withViews(port).views
  while ((await views.get(v1, 'all'))?.count !== 4) await new Promise(setImmediate)
  await dying.stop()
  const places = await port.leases.list({ projection: 'counts' })
  expect(new Set(places.map(({ document }) => document.readTo)).size).toBe(1)
  expect(await switchVersion(port, request)).toBe('behind')
  await run(port, v2)
  expect(await switchVersion(port, request)).toBe('active')
  expect((await views.get(v1, 'all'))?.count).toBe(4)
})

it('does not show what was saved between its announcement and its end', async () => {
  const port = openMemory()
  await bothCaughtUp(port)
  const shown: unknown[] = []
  const reading: Promise<void>[] = []
  const { views } = withViews(port)
  const slow: StoragePort = {
    ...port,
    viewStore: {
      ...port.viewStore,
      async save(document, condition) {
        const result = await port.viewStore.save(document, condition)
        const { handover, active } = (document.data ?? {}) as unknown as VersionRecord
        if (!handover || active !== 1) return result
        // An old worker goes on after the announcement, and somebody looks.
        await count(port, 'a:1')
        await run(port, v1)
        reading.push(views.get(v1, 'all').then((view) => void shown.push(view?.count)))
        await systemClock.sleep(50)
        expect(shown).toEqual([])
        await run(port, v2)
        return result
      },
    },
  }
  expect(await switchVersion(slow, request)).toBe('active')
  await Promise.all(reading)
  expect(shown).toEqual([4])
  await port.close()
})

it('is completed by another worker when the one that announced it was killed', async () => {
  await using port = openMemory()
  await bothCaughtUp(port)
  await changeVersionRecord(port, 'counts', (record) => record && { ...record, handover: { to: 2, id: 'of the dead' } })
  expect(await switchVersion(port, { ...request, version: 3 })).toBe('changed')
  expect(await switchVersion(port, request)).toBe('active')
  expect(await recordOf(port)).toMatchObject({ active: 2 })
  expect(await recordOf(port)).not.toHaveProperty('handover')
})

it('is taken back when the version does not get there', async () => {
  await using port = openMemory()
  await bothCaughtUp(port)
  let announced = false
  const growing: StoragePort = {
    ...port,
    viewStore: {
      ...port.viewStore,
      async save(document, condition) {
        if ((document.data as unknown as VersionRecord).handover) {
          announced = true
          await count(port, 'a:1')
        }
        return port.viewStore.save(document, condition)
      },
    },
  }
  expect(await switchVersion(growing, request)).toBe('behind')
  expect(announced).toBe(true)
  expect(await recordOf(port)).toMatchObject({ active: 1 })
  expect(await recordOf(port)).not.toHaveProperty('handover')
})

it('is taken back by whoever announced it when the storage fails, or when it is stopped', async () => {
  await using port = openMemory()
  await bothCaughtUp(port)
  const stop = new AbortController()
  let heads = 0
  const failing: StoragePort = {
    ...port,
    feed: {
      ...port.feed,
      async ranges() {
        if (++heads === 2) throw new Error('unreachable')
        return port.feed.ranges()
      },
    },
  }
  await expect(switchVersion(failing, request)).rejects.toThrow('unreachable')
  expect(await recordOf(port)).not.toHaveProperty('handover')
  await count(port, 'a:1')
  stop.abort()
  expect(await switchVersion(port, { ...request, signal: stop.signal })).toBe('behind')
  expect(await recordOf(port)).toMatchObject({ active: 1 })
})

it('is taken back when a view of the version is parked after its announcement', async () => {
  await using port = openMemory()
  await bothCaughtUp(port)
  // A reader's event comes, at which version 2 fails, and it reaches the end of the feed with a parked view.
  const parking: StoragePort = {
    ...port,
    viewStore: {
      ...port.viewStore,
      async save(document, condition) {
        const result = await port.viewStore.save(document, condition)
        if ((document.data as unknown as VersionRecord).handover) {
          await count(port, 'a:1')
          await run(port, v1)
          await using _ = await startProcessor(port, [poisonous(2)], { clock: hurriedClock })
          await untilCaughtUp(port, [poisonous(2)])
        }
        return result
      },
    },
  }
  expect(await switchVersion(parking, { ...request, clock: { ...systemClock, now: () => 0 } })).toBe('parked')
  expect(await recordOf(port)).toMatchObject({ active: 1 })
  expect(await recordOf(port)).not.toHaveProperty('handover')
})

it('does not go to a version whose views are being removed', async () => {
  await using port = openMemory()
  await bothCaughtUp(port)
  const dropping = { since: '', texts: [], dropping: true }
  await changeVersionRecord(port, 'counts', (record) => record && { ...record, versions: { 2: dropping } })
  expect(await switchVersion(port, request)).toBe('changed')
  expect(await recordOf(port)).toMatchObject({ active: 1, versions: { 2: { dropping: true } } })
})

it('takes a switch to another version back that was announced and left, without a reader', async () => {
  await using port = openMemory()
  await bothCaughtUp(port)
  const left = { to: 3, id: 'left' }
  await changeVersionRecord(port, 'counts', (record) => record && { ...record, handover: left })
  const hurried = { ...request, clock: hurriedClock }
  expect(await switchVersion(port, hurried)).toBe('changed')
  expect((await recordOf(port))?.handover).toBeUndefined()
  expect(await switchVersion(port, hurried)).toBe('active')
})

it('leaves a switch to another version alone that ends meanwhile', async () => {
  await using port = openMemory()
  await bothCaughtUp(port)
  const change = (id: string) =>
    changeVersionRecord(port, 'counts', (record) => record && { ...record, handover: { to: 3, id } })
  await change('first')
  const switching = switchVersion(port, {
    ...request,
    clock: { now: Date.now, sleep: async () => void (await change('second')) },
  })
  expect(await switching).toBe('changed')
  expect((await recordOf(port))?.handover?.id).toBe('second')
})
