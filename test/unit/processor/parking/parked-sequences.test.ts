import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { deleteStream } from '../../../../src/core/append/delete-stream.ts'
import { defineEvents } from '../../../../src/core/events/define-events.ts'
import type { StoragePort } from '../../../../src/core/port/storage.ts'
import { startProcessor } from '../../../../src/processor/processor.ts'
import { parkedSequences } from '../../../../src/processor/replay/parked-sequences.ts'
import { defineProjection } from '../../../../src/projections/define-projection.ts'
import { openMemory } from '../../../../src/testing/memory/index.ts'
import { withViews } from '../../../../src/views/with-views.ts'
import { until } from '../../../support/projecting/until.ts'
import { append, hurriedClock } from '../support.ts'
import { foldAll, noting, orderOf } from './support.ts'

describe('a parked sequence', () => {
  it('keeps the last good view for readers, and tells those who wait', async () => {
    await using storage = withViews(openMemory())
    const projection = noting('noting', { fails: (amount) => amount === 13 })
    await append(storage, 's:1', [1])
    const parkedAt = await append(storage, 's:1', [13, 2])
    await foldAll(storage, projection)
    expect(await storage.views.get(projection, 's:1')).toEqual({ order: ['s:1@1'] })
    await expect(storage.views.waitFor(projection, 's:1', parkedAt)).rejects.toMatchObject({ code: 'ViewParked' })
    const sequences = parkedSequences(storage, projection)
    expect(await sequences.dropOne('s:1')).toMatchObject({ dropped: 1, folded: 1, unparked: true })
    expect(await storage.views.waitFor(projection, 's:1', parkedAt)).toEqual({ order: ['s:1@1', 's:1@3'] })
  })

  it('shows what a replay would change, and changes nothing', async () => {
    await using port = openMemory()
    let broken = true
    const projection = noting('noting', { fails: (amount) => broken && amount === 13 })
    await append(port, 's:1', [1, 13, 2])
    await foldAll(port, projection)
    const sequences = parkedSequences(port, projection)
    const before = await sequences.show('s:1')
    broken = false
    expect(await sequences.replay('s:1', { dryRun: true })).toMatchObject({
      before: { order: ['s:1@1'] },
      view: { order: ['s:1@1', 's:1@2', 's:1@3'] },
      unparked: true,
    })
    expect(await sequences.show('s:1')).toEqual(before)
  })

  it('passes over events that were erased while they waited', async () => {
    await using port = openMemory()
    const projection = noting('noting', { fails: (amount) => amount === 13 })
    await append(port, 's:1', [1, 13])
    await append(port, 's:2', [5])
    await foldAll(port, projection)
    await deleteStream(port, 's:1')
    const sequences = parkedSequences(port, projection)
    expect((await sequences.show('all'))?.document).toBeNull()
    expect(await sequences.replay('all')).toMatchObject({ folded: 1, unparked: true })
    expect(await orderOf(port, projection, 'all')).toEqual(['s:1@1', 's:2@1'])
  })

  it('waits for events that a replica does not show yet, and never takes them for erased', async () => {
    await using port = openMemory()
    let broken = true
    const projection = noting('noting', { fails: (amount) => broken && amount === 13 })
    await append(port, 's:1', [1, 13, 2, 3])
    await foldAll(port, projection)
    broken = false
    const sequences = parkedSequences(behind(port, { shows: 2, reads: 3 }), projection, { clock: hurriedClock })
    expect((await sequences.show('s:1'))?.document?.stream.version).toBe(2)
    expect(await sequences.replay('s:1')).toMatchObject({ folded: 3, dropped: 0, unparked: true })
    expect(await orderOf(port, projection, 's:1')).toEqual(['s:1@1', 's:1@2', 's:1@3', 's:1@4'])
  })

  it('stays parked where the log no longer holds what waits', async () => {
    await using port = openMemory()
    const projection = noting('noting', { fails: (amount) => amount === 13 })
    await append(port, 's:1', [1, 13, 2])
    await foldAll(port, projection)
    const lost = behind(port, { shows: 1, reads: Number.POSITIVE_INFINITY })
    const sequences = parkedSequences(lost, projection, { clock: hurriedClock })
    await expect(sequences.replay('s:1')).rejects.toMatchObject({ code: 'LogDiverged', event: 's:1@2' })
    await expect(sequences.dropOne('all')).rejects.toMatchObject({ code: 'LogDiverged' })
    expect(await parkedSequences(port, projection).show('s:1')).toMatchObject({ waiting: 2 })
  })

  it('is begun by an event that would make the view too large', async () => {
    await using port = openMemory({ limits: { bytesPerView: 4_000 } })
    const notes = defineEvents({ Added: z.object({ amount: z.number() }) })
    const growing = defineProjection('growing', {
      events: notes,
      key: () => 'all',
      initial: () => ({ text: '' }),
      on: { Added: ({ text }, { data }) => ({ text: text + 'x'.repeat(data.amount) }) },
    })
    await append(port, 's:1', [1_000, 1_500, 900, 10])
    await foldAll(port, growing)
    const sequences = parkedSequences(port, growing)
    expect(await sequences.show('all')).toMatchObject({
      error: { code: 'ViewTooLarge' },
      event: { version: 3 },
      waiting: 2,
    })
    expect(await sequences.dropOne('all')).toMatchObject({ dropped: 1, folded: 1, unparked: true })
  })

  it('is none where no view can be named: the range stands until the event is skipped', async () => {
    await using port = openMemory()
    const keyless = defineProjection('keyless', {
      events: defineEvents({ Added: z.object({ amount: z.number() }) }),
      key: ({ streamId, data }) => {
        if (data.amount === 13) throw new RangeError('no key')
        return streamId
      },
      initial: () => ({ count: 0 }),
      on: { Added: ({ count }) => ({ count: count + 1 }) },
    })
    await using processor = await startProcessor(port, [keyless], { clock: hurriedClock })
    await append(port, 's:1', [1, 13, 2])
    await until('it is stalled', async () => (await processor.status()).ranges[0]?.state === 'stalled')
    const sequences = parkedSequences(port, keyless)
    await sequences.dropEvent({ streamId: 's:1', version: 2 })
    await until('it goes on', async () => (await withViews(port).views.get(keyless, 's:1'))?.count === 2)
    expect(await sequences.droppedEvents()).toMatchObject([{ streamId: 's:1', version: 2 }])
    expect(await sequences.count()).toBe(0)
    await processor.stop()
  })
})

/** A port whose first reads of a stream show no more than its first events, as a replica does that is behind. */
function behind(port: StoragePort, { shows, reads }: { readonly shows: number; readonly reads: number }): StoragePort {
  let left = reads
  return {
    ...port,
    events: {
      ...port.events,
      async *read(streamId, options) {
        const isBehind = left-- > 0
        for await (const event of port.events.read(streamId, options)) {
          if (!isBehind || event.stream.version <= shows) yield event
        }
      },
    },
  }
}
