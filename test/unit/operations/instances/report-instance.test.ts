import { describe, expect, it } from 'vitest'
import { StorageUnavailable } from '../../../../src/core/errors/storage.ts'
import { instanceMeter } from '../../../../src/operations/instances/instance-meter.ts'
import { reportInstance } from '../../../../src/operations/instances/report-instance.ts'
import { readInstances } from '../../../../src/operations/instances/stored-reports.ts'
import { manualClock } from '../../../../src/testing/manual-clock.ts'
import { openMemory } from '../../../../src/testing/memory/index.ts'

const HOUR = 60 * 60 * 1_000

/** Lets what needs no time go on. */
const settle = async (until: () => boolean | Promise<boolean>): Promise<void> => {
  for (let turn = 0; turn < 1_000; turn++) {
    if (await until()) return
    await new Promise((resolve) => setImmediate(resolve))
  }
  throw new Error('It did not happen')
}

function open() {
  const clock = manualClock()
  const storage = openMemory({ clock })
  return { clock, storage, read: () => readInstances(storage, clock) }
}

describe('the reports of a process', () => {
  it('say what it is and what it has done, from the first moment', async () => {
    const { clock, storage, read } = open()
    const instance = reportInstance(storage, { kind: 'api', service: 'shop', id: 'api:1', release: 'r1', clock })
    await settle(() => clock.sleeping === 1)
    const [report] = await read()
    expect(report).toMatchObject({
      id: 'api:1',
      kind: 'api',
      service: 'shop',
      release: 'r1',
      pid: process.pid,
      startedAt: '2026-01-01T00:00:00.000Z',
      reportedAt: '2026-01-01T00:00:00.000Z',
      every: 5_000,
      stoppedAt: null,
      totals: { appended: 0, appends: 0, appendConflicts: 0 },
      durations: {},
    })
    expect(report?.memory).toBeGreaterThan(0)
    await instance.close()
  })

  it('come every few seconds with sums since it started, and the last one says that it stopped', async () => {
    const { clock, storage, read } = open()
    const { telemetry, close } = reportInstance(storage, { kind: 'worker', service: 'workers', clock })
    await settle(() => clock.sleeping === 1)
    for (const round of [1, 2]) {
      telemetry.count('tidemark.events.projected', 7, { 'tidemark.projection': 'a', 'tidemark.version': round })
      telemetry.count('tidemark.lease.changes', 1, { 'tidemark.change': 'taken' })
      telemetry.time('tidemark.save.duration', {})()
      clock.advance(5_000)
      await settle(() => clock.sleeping === 1)
    }
    const [report] = await read()
    expect(report?.totals).toEqual({ folded: 14, saves: 2, viewConflicts: 0, leasesLost: 0 })
    expect(report?.durations.save?.counts.reduce((sum, count) => sum + count)).toBe(2)
    expect(report).toMatchObject({ reportedAt: '2026-01-01T00:00:10.000Z', stoppedAt: null })

    telemetry.count('tidemark.lease.changes', 1, { 'tidemark.change': 'lost' })
    clock.advance(1_000)
    await close()
    const [last] = await read()
    expect(last).toMatchObject({ stoppedAt: '2026-01-01T00:00:11.000Z', totals: { folded: 14, leasesLost: 1 } })
  })

  it('are removed an hour after the process stopped in good order, and not before', async () => {
    const { clock, storage, read } = open()
    await reportInstance(storage, { kind: 'api', service: 'api', clock }).close()
    clock.advance(HOUR)
    expect(await read()).toHaveLength(1)
    clock.advance(1)
    expect(await read()).toEqual([])
    expect(storage.state.views.size).toBe(0)
  })

  it('are kept for a day of a process that went silent', async () => {
    const { clock, storage, read } = open()
    const killed = { ...clock, sleep: () => new Promise<never>(() => {}) }
    reportInstance(storage, { kind: 'api', service: 'api', clock: killed })
    await settle(async () => (await read()).length === 1)
    clock.advance(24 * HOUR)
    expect(await read()).toHaveLength(1)
    clock.advance(1)
    expect(await read()).toEqual([])
    await settle(() => storage.state.views.size === 0)
  })

  it('go on after a failure of the storage, and miss nothing', async () => {
    const { clock, storage, read } = open()
    let isDown = true
    const save: typeof storage.viewStore.save = async (...saved) => {
      if (isDown) throw new StorageUnavailable('down')
      return storage.viewStore.save(...saved)
    }
    const failing = { ...storage, viewStore: { ...storage.viewStore, save } }
    const { telemetry, close } = reportInstance(failing, { kind: 'worker', service: 'workers', clock })
    telemetry.count('tidemark.events.projected', 7, {})
    await settle(() => clock.sleeping === 1)
    expect(await read()).toEqual([])
    isDown = false
    clock.advance(5_000)
    await settle(async () => (await read()).length === 1)
    expect((await read())[0]?.totals.folded).toBe(7)
    await close()
  })

  it('do not hold up a process that stops while the storage hangs', async () => {
    const { clock, storage } = open()
    const hanging = { ...storage, viewStore: { ...storage.viewStore, save: () => new Promise<never>(() => {}) } }
    const { close } = reportInstance(hanging, { kind: 'worker', service: 'workers', clock })
    const closing = close()
    await settle(() => clock.sleeping === 1)
    clock.advance(2_000)
    await closing
  })

  it('pass measurements on, and read no gauges', async () => {
    const { clock, storage } = open()
    const counted: number[] = []
    let isRead = false
    const next = {
      ...instanceMeter().telemetry,
      count: (_: string, amount: number) => void counted.push(amount),
    }
    const meter = instanceMeter(next)
    const { telemetry, close } = reportInstance(storage, { kind: 'worker', service: 'workers', meter, clock })
    telemetry.observe(async () => {
      isRead = true
      return []
    })
    telemetry.count('tidemark.events.appended', 3, {})
    await close()
    expect(counted).toEqual([3])
    expect(isRead).toBe(false)
  })
})
