import { expect, it } from 'vitest'
import { readMarks } from '../../../../src/processor/parking/list-parked.ts'
import { enterParked } from '../../../../src/processor/parking/parked-index.ts'
import { tallyOf } from '../../../../src/processor/parking/parked-places.ts'
import { createParkedCount } from '../../../../src/processor/status/parked-count.ts'
import { listVersions } from '../../../../src/processor/versions/listing/list-versions.ts'
import { recordVersion } from '../../../../src/processor/versions/record-version.ts'
import { manualClock } from '../../../../src/testing/manual-clock.ts'
import { openMemory } from '../../../../src/testing/memory/index.ts'
import { foldAll, noting } from '../parking/support.ts'
import { append } from '../support.ts'

const poisoned = noting('noting', { fails: (amount) => amount === 13 })

it('the oldest parked sequence of each range is known', () => {
  const places = [
    { hash: '10', since: '2026-01-03T00:00:00.000Z' },
    { hash: '20', since: '2026-01-02T00:00:00.000Z' },
    { hash: 'A0', since: '2026-01-01T00:00:00.000Z' },
  ]
  const half = { min: '', max: '7F' }
  const counted = { parked: 2, moreParked: false, parkedSince: '2026-01-02T00:00:00.000Z' }
  expect(tallyOf({ places, more: false }, half)).toEqual(counted)
  expect(tallyOf({ places, more: true })).toEqual({ parked: 3, moreParked: true, parkedSince: places[2]?.since })
  expect(tallyOf({ places: [], more: false })).toEqual({ parked: 0, moreParked: false, parkedSince: null })
})

it('the status and the versions know since when a sequence is parked', async () => {
  await using port = openMemory()
  await append(port, 's:1', [13])
  await foldAll(port, poisoned)
  await recordVersion(port, manualClock(), poisoned)
  const since = (await readMarks(port.viewStore, { projection: 'noting', version: 1 }, ['s:1'])).get('s:1')?.since
  const places = await createParkedCount(port.viewStore, manualClock())(poisoned)
  expect(places?.places.map((place) => place.since)).toContain(since)
  const [version] = await listVersions(port)
  expect(version).toMatchObject({ parked: 2, moreParked: false, ranges: [{ parked: 2 }] })
  expect([version?.parkedSince, version?.ranges[0]?.parkedSince]).toEqual([expect.any(String), version?.parkedSince])
})

it('no more than 1,000 parked sequences are counted, and the count says so', async () => {
  await using port = openMemory()
  await append(port, 's:1', [13])
  await foldAll(port, poisoned)
  await recordVersion(port, manualClock(), poisoned)
  const one = await port.viewStore.get({ projection: 'noting', version: 1, key: 's:1' })
  if (one === undefined) throw new Error('It is not parked')
  const { document } = one
  for (let i = 0; i < 1_001; i++) {
    const key = `t:${i}`
    const view = { projection: 'noting', version: 1, key }
    await enterParked(port, view, { id: 'any' })
    await port.viewStore.save({ ...document, id: `noting:1:${key}`, key }, 'ifAbsent')
  }
  const clock = manualClock()
  const counted = { parked: 1_000, moreParked: true }
  const places = await createParkedCount(port.viewStore, clock)(poisoned)
  expect(places && tallyOf(places)).toMatchObject(counted)
  let reads = 0
  const viewStore = {
    ...port.viewStore,
    query: (...args: Parameters<typeof port.viewStore.query>) => {
      reads++
      return port.viewStore.query(...args)
    },
  }
  expect(await listVersions({ ...port, viewStore }, 'noting')).toMatchObject([counted])
  expect(reads, 'a page of 100 at a time, and not the rest').toBeLessThanOrEqual(10)
})
