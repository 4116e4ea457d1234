import { describe, expect, it } from 'vitest'
import { startProcessor } from '../../../src/processor/processor.ts'
import { parkedSequences } from '../../../src/processor/replay/parked-sequences.ts'
import { activateVersion } from '../../../src/processor/versions/activate-version.ts'
import { rebuildVersion } from '../../../src/processor/versions/drop-version.ts'
import { defineProjection } from '../../../src/projections/define-projection.ts'
import { openMemory } from '../../../src/testing/memory/index.ts'
import { readVersionRecord } from '../../../src/views/version-record.ts'
import { withViews } from '../../../src/views/with-views.ts'
import { until, untilCaughtUp } from '../../support/projecting/until.ts'
import { append, events, hurriedClock, interposed } from './support.ts'

const fast = { pollInterval: 20, renewInterval: 50, leaseDuration: 1_000 }

/** A view of everything, which every range writes. */
const total = (version = 1, fails: (amount: number) => boolean = () => false) =>
  defineProjection('total', {
    version,
    events,
    key: () => 'all',
    initial: () => ({ count: 0, amount: 0 }),
    on: {
      Added: ({ count, amount }, { data }) => {
        if (fails(data.amount)) throw new Error('no such amount')
        return { count: count + 1, amount: amount + data.amount }
      },
      Cleared: (view) => view,
    },
    merge: (a, b) => ({ count: a.count + b.count, amount: a.amount + b.amount }),
  })

describe('a projection with merge', () => {
  it('is written by all ranges and workers at once, without a conflict', async () => {
    await using port = openMemory({ ranges: 8 })
    let [saves, conflicts] = [0, 0]
    const counted = interposed(port, async (call, next, [document]) => {
      const answer = await next()
      if (call === 'viewStore.save' && (document as { projection: string }).projection === 'total') {
        saves++
        if ((answer as { saved: boolean }).saved === false) conflicts++
      }
      return answer
    })
    const workers = await Promise.all([1, 2, 3, 4].map(() => startProcessor(counted, [total()], fast)))
    let position = ''
    for (let i = 0; i < 200; i++) position = await append(port, `s:${i % 40}`, [1, 2])
    const { views } = withViews(port)
    await views.waitFor(total(), 'all', position)
    await untilCaughtUp(port, [total()])
    expect(await views.get(total(), 'all')).toEqual({ count: 400, amount: 600 })
    await Promise.all(workers.map((worker) => worker.stop()))
    expect(saves).toBeGreaterThan(8)
    expect(conflicts).toBe(0)
  })

  it('goes on in the parts of ranges that are cut', async () => {
    await using port = openMemory({ ranges: 2 })
    await using processor = await startProcessor(port, [total()], fast)
    for (let i = 0; i < 20; i++) await append(port, `s:${i}`, [1])
    port.split('40')
    port.split('C0')
    for (let i = 0; i < 20; i++) await append(port, `s:${i}`, [1])
    await untilCaughtUp(port, [total()])
    expect(await withViews(port).views.get(total(), 'all')).toEqual({ count: 40, amount: 40 })
    await processor.stop()
  })

  it('parks a part, and holds up no other', async () => {
    await using port = openMemory({ ranges: 4 })
    let broken = true
    const fragile = total(1, (amount) => broken && amount === 13)
    await using processor = await startProcessor(port, [fragile], { ...fast, clock: hurriedClock })
    const bad = await append(port, 's:bad', [13])
    for (let i = 0; i < 40; i++) await append(port, `s:${i}`, [1])
    await untilCaughtUp(port, [fragile])
    const { views } = withViews(port)
    await expect(views.waitFor(fragile, 'all', bad)).rejects.toMatchObject({ code: 'ViewParked' })
    const sequences = parkedSequences(port, fragile)
    const { items } = await sequences.list()
    expect(items).toHaveLength(1)
    const before = (await views.get(fragile, 'all'))?.count ?? 0
    expect(before).toBeGreaterThan(20)
    broken = false
    await sequences.replay(items[0]?.key ?? '')
    expect(await views.get(fragile, 'all')).toEqual({ count: 41, amount: 53 })
    await processor.stop()
  })

  it('is sliced anew when it is built again', async () => {
    await using port = openMemory({ ranges: 2 })
    for (let i = 0; i < 10; i++) await append(port, `s:${i}`, [1])
    await (await startProcessor(port, [total()], fast)).stop()
    const slices = async (version: number) =>
      (await readVersionRecord(port.viewStore, 'total'))?.document.versions[version]?.slices
    expect(await slices(1)).toHaveLength(2)
    port.split('40')
    // What is begun keeps its slices, whoever comes.
    await (await startProcessor(port, [total()], fast)).stop()
    expect(await slices(1)).toHaveLength(2)
    await using processor = await startProcessor(port, [total(2)], fast)
    await until('it is active', async () => (await readVersionRecord(port.viewStore, 'total'))?.document.active === 2)
    await processor.stop()
    expect(await slices(2)).toHaveLength(3)
    await activateVersion(port, { name: 'total', version: 1 }, { allowBehind: true })
    port.split('C0')
    await rebuildVersion(port, { name: 'total', version: 2 }, hurriedClock)
    await using again = await startProcessor(port, [total(2)], fast)
    await until(
      'it is active again',
      async () => (await readVersionRecord(port.viewStore, 'total'))?.document.active === 2,
    )
    expect(await slices(2)).toHaveLength(4)
    expect(await withViews(port).views.get(total(2), 'all')).toEqual({ count: 10, amount: 10 })
    await again.stop()
  })
})
