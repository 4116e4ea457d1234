import { hostname } from 'node:os'
import { describe, expect, it } from 'vitest'
import { deleteStream } from '../../../src/core/append/delete-stream.ts'
import { StorageBusy } from '../../../src/core/errors/storage.ts'
import type { Continuation } from '../../../src/core/port/change-feed.ts'
import { leaseId } from '../../../src/core/port/lease-store.ts'
import type { StoragePort } from '../../../src/core/port/storage.ts'
import { startProcessor } from '../../../src/processor/processor.ts'
import { parkedSequences } from '../../../src/processor/replay/parked-sequences.ts'
import type { RangeStatus } from '../../../src/processor/status/status.ts'
import { defineProjection } from '../../../src/projections/define-projection.ts'
import type { Projection } from '../../../src/projections/projection.ts'
import { openMemory } from '../../../src/testing/memory/index.ts'
import { activeVersion } from '../../../src/views/active-version.ts'
import { withViews } from '../../../src/views/with-views.ts'
import { until, untilCaughtUp } from '../../support/projecting/until.ts'
import { plainFold, storedViews } from '../../support/projecting/views.ts'
import { append, events, hurriedClock, interposed, overall, type PortCall, perStream } from './support.ts'

const hurried = { clock: hurriedClock }

/** A projection whose handler fails while `broken` says so. */
const fragile = (broken: { on: boolean }) =>
  defineProjection('fragile', {
    events,
    key: ({ streamId }) => streamId,
    initial: () => ({ count: 0 }),
    on: {
      Added: ({ count }, { streamId, data }) => {
        if (broken.on && streamId === 's:bad') throw new RangeError(`cannot take ${data.amount}`)
        return { count: count + 1 }
      },
    },
  })

const statusOf = async (
  processor: { status(): Promise<{ ranges: readonly RangeStatus[] }> },
  { name }: Projection,
): Promise<RangeStatus[]> => (await processor.status()).ranges.filter(({ projection }) => projection === name)

describe('a processor', () => {
  it('shows an append in its view', async () => {
    await using storage = withViews(openMemory({ ranges: 4 }))
    await using processor = await startProcessor(storage, [perStream])
    const position = await append(storage, 's:1', [1, 2])
    expect(await storage.views.waitFor(perStream, 's:1', position)).toEqual({ key: 's:1', order: [1, 2], total: 3 })
    expect(await storage.views.waitFor(perStream, 's:unknown', position)).toBeNull()
    const cleared = await append(storage, 's:1', [])
    expect(await storage.views.waitFor(perStream, 's:1', cleared)).toBeNull()
    await processor.stop()
  })

  it('has the indexes made that a projection names, and does without those that cannot be', async () => {
    await using port = openMemory()
    const asked: unknown[] = []
    const failures: unknown[] = []
    const index = async (...of: unknown[]) => {
      asked.push(of)
      throw new StorageBusy('not now')
    }
    const storage: StoragePort = { ...port, viewStore: { ...port.viewStore, index } }
    const indexed = { ...perStream, indexes: ['total', 'key'] }
    const onError = (error: unknown, where: unknown) => failures.push([error, where])
    await using processor = await startProcessor(storage, [overall, indexed], { onError })
    expect(asked).toEqual([[indexed.name, indexed.version, ['total', 'key']]])
    expect(failures).toEqual([[expect.any(StorageBusy), { projection: indexed.name }]])
    await append(storage, 's:1', [1])
    await untilCaughtUp(storage, [overall, indexed])
    await processor.stop()
  })

  it('takes the views of a deleted stream away', async () => {
    await using storage = withViews(openMemory())
    await using processor = await startProcessor(storage, [perStream])
    const position = await append(storage, 's:1', [1])
    expect(await storage.views.waitFor(perStream, 's:1', position)).not.toBeNull()
    const deleted = await deleteStream(storage, 's:1')
    expect(await storage.views.waitFor(perStream, 's:1', deleted.position)).toBeNull()
    await processor.stop()
  })

  it('goes on where it was', async () => {
    await using port = openMemory({ ranges: 4 })
    for (let i = 0; i < 20; i++) await append(port, `s:${i % 6}`, [i])
    const first = await startProcessor(port, [perStream, overall], { workerId: 'one' })
    await untilCaughtUp(port, [perStream, overall])
    await first.stop()
    const leases = (await port.leases.list()).map(({ document }) => document)
    expect(leases).toHaveLength(8)
    expect(leases.every(({ owner, expiresAt }) => owner === null && expiresAt === 0)).toBe(true)

    for (let i = 0; i < 20; i++) await append(port, `s:${i % 6}`, [i])
    const starts: unknown[] = []
    const watched: StoragePort = {
      ...port,
      feed: {
        ...port.feed,
        read(range, from, options) {
          starts.push(from)
          return port.feed.read(range, from, options)
        },
      },
    }
    const second = await startProcessor(watched, [perStream, overall], { workerId: 'two' })
    await untilCaughtUp(port, [perStream, overall])
    expect((await port.leases.list()).every(({ document }) => document.owner === 'two')).toBe(true)
    await second.stop()
    expect(starts).not.toContain('start')
    for (const projection of [perStream, overall]) {
      expect(await storedViews(port, projection)).toEqual(await plainFold(port, projection))
    }
  })

  it('reads a page once for all projections that are at its place', async () => {
    await using port = openMemory()
    for (let i = 0; i < 50; i++) await append(port, `s:${i}`, [i])
    const read: unknown[] = []
    const watched: StoragePort = {
      ...port,
      feed: {
        ...port.feed,
        async read(range, from, options) {
          const page = await port.feed.read(range, from, options)
          if (page.events.length > 0) read.push(from)
          return page
        },
      },
    }
    const copies = ['a', 'b', 'c'].map((name) =>
      defineProjection(name, { events, key: () => name, initial: () => ({}), on: { Added: (view) => view } }),
    )
    const processor = await startProcessor(watched, copies, { pageSize: 10 })
    await untilCaughtUp(port, copies)
    await processor.stop()
    expect(read.length).toBeLessThanOrEqual(7)
  })

  it('asks for nothing but its leases while nothing happens', async () => {
    await using port = openMemory({ ranges: 4 })
    await append(port, 's:1', [1])
    const calls: PortCall[] = []
    const watched = interposed(port, (call, next) => {
      calls.push(call)
      return next()
    })
    await using processor = await startProcessor(watched, [perStream, overall])
    await until('it is idle', async () => (await processor.status()).ranges.every(({ state }) => state === 'idle'))
    // A place that moved past nothing is stored a little later.
    await new Promise((resolve) => setTimeout(resolve, 700))
    calls.length = 0
    await new Promise((resolve) => setTimeout(resolve, 700))
    expect(calls.filter((call) => call !== 'feed.ranges' && call !== 'leases.list')).toEqual([])
    expect(calls.length).toBeLessThanOrEqual(4)
    await processor.stop()
  })

  it('records the first version of a projection as the active one, and leaves it alone afterwards', async () => {
    await using port = openMemory()
    await using one = await startProcessor(port, [perStream])
    await using two = await startProcessor(port, [{ ...perStream, version: 2 }])
    expect(await activeVersion(port.viewStore, 'per-stream')).toBe(1)
    await one.stop()
    await two.stop()
  })

  it('reports its own status and that of its ranges', async () => {
    await using port = openMemory()
    await append(port, 's:1', [1])
    await using processor = await startProcessor(port, [perStream], { workerId: 'me', release: 'r1' })
    await untilCaughtUp(port, [perStream])
    await until('it is idle', async () => (await processor.status()).ranges[0]?.state === 'idle')
    const time = expect.stringMatching(/^\d{4}-\d\d-\d\dT.*Z$/)
    expect(await processor.status()).toEqual({
      at: time,
      workerId: 'me',
      running: true,
      standby: false,
      workers: [
        {
          id: 'me',
          host: hostname(),
          pid: process.pid,
          release: 'r1',
          startedAt: time,
          renewedAt: time,
          load: null,
        },
      ],
      leases: null,
      leasesReadAt: time,
      unownedAfter: 30_000,
      ranges: [
        {
          projection: 'per-stream',
          version: 1,
          range: { min: '', max: 'FF' },
          state: 'idle',
          owner: 'me',
          pausedSince: null,
          unownedSince: null,
          waitingSince: null,
          leaseExpires: time,
          position: 1,
          behind: 0,
          oldest: null,
          oldestAge: null,
          parked: 0,
          moreParked: false,
          parkedSince: null,
          folded: 1,
          rate: expect.closeTo(0.1, 1),
          progressAt: time,
          failing: null,
          error: null,
        },
      ],
    })
    await processor.stop()
  })

  it('counts what it folded', async () => {
    await using port = openMemory({ ranges: 4 })
    for (let i = 0; i < 50; i++) await append(port, `s:${i}`, [i, i])
    await using processor = await startProcessor(port, [perStream, overall])
    await untilCaughtUp(port, [perStream, overall])
    const sum = async (projection: Projection) =>
      (await statusOf(processor, projection)).reduce((total, { folded }) => total + (folded ?? 0), 0)
    expect(await sum(perStream)).toBe(100)
    expect(await sum(overall)).toBe(200)
    await processor.stop()
  })

  it('saves a view that all ranges write without a conflict', async () => {
    await using port = openMemory({ ranges: 4 })
    let conflicts = 0
    const watched = interposed(port, async (call, next) => {
      const answer = await next()
      if (call === 'viewStore.save' && !(answer as { saved: boolean }).saved) conflicts++
      return answer
    })
    await using processor = await startProcessor(watched, [overall], { pageSize: 3 })
    for (let i = 0; i < 100; i++) await append(port, `s:${i}`, [i])
    await untilCaughtUp(port, [overall])
    await processor.stop()
    expect(await storedViews(port, overall)).toEqual(await plainFold(port, overall))
    // One for each range and view: the first save, before anyone knows of the others.
    expect(conflicts).toBeLessThanOrEqual(8)
  })

  it('can be stopped twice, and disposed of', async () => {
    await using port = openMemory()
    await using processor = await startProcessor(port, [perStream])
    await Promise.all([processor.stop(), processor.stop()])
    await processor.stop()
  })

  it('ends the page in hand when it is stopped', async () => {
    await using port = openMemory()
    await append(port, 's:1', [1])
    let saving: (() => void) | undefined
    const held = new Promise<void>((resolve) => {
      saving = resolve
    })
    let begun = false
    const slow = interposed(port, async (call, next) => {
      if (call === 'viewStore.save' && begun) await held
      return next()
    })
    const processor = await startProcessor(slow, [perStream])
    begun = true
    await new Promise((resolve) => setTimeout(resolve, 30))
    const stopped = processor.stop()
    saving?.()
    await stopped
    expect(await storedViews(port, perStream)).toEqual(await plainFold(port, perStream))
    expect((await port.leases.list())[0]?.document).toMatchObject({ owner: null, readTo: 1 })
  })

  it('refuses two projections of one name, and settings that cannot be', async () => {
    await using port = openMemory()
    await expect(startProcessor(port, [perStream, perStream])).rejects.toMatchObject({ code: 'InvalidDefinition' })
    await expect(startProcessor(port, [], { pageSize: 0 })).rejects.toMatchObject({ code: 'InvalidConfiguration' })
    await expect(startProcessor(port, [], { concurrency: 1.5 })).rejects.toMatchObject({
      code: 'InvalidConfiguration',
    })
  })
})

describe('trouble', () => {
  it('of one handler parks its view and nothing else, until it is mended and replayed', async () => {
    await using port = openMemory({ ranges: 4 })
    const broken = { on: true }
    const projection = fragile(broken)
    const told: unknown[] = []
    const onError = (error: unknown) => told.push(error)
    await using processor = await startProcessor(port, [projection, perStream], { ...hurried, onError })
    for (const id of ['bad', '1', '2', '3', '4', '5', '6', '7', '8']) await append(port, `s:${id}`, [1])
    await untilCaughtUp(port, [projection, perStream])
    expect(told).toHaveLength(5)
    expect((await plainFold(port, perStream)).size).toBe(9)
    expect((await storedViews(port, projection)).size).toBe(8)
    const sequences = parkedSequences(port, projection)
    expect((await sequences.list()).items).toMatchObject([
      { key: 's:bad', attempts: 5, waiting: 1, error: { code: 'HandlerFailed' }, event: { streamId: 's:bad' } },
    ])

    const parked = (await statusOf(processor, projection)).filter(({ state }) => state === 'parked')
    expect(parked).toMatchObject([{ parked: 1 }])

    broken.on = false
    expect(await sequences.replay('s:bad')).toMatchObject({ unparked: true, folded: 1 })
    const position = await append(port, 's:bad', [2])
    expect(await withViews(port).views.waitFor(projection, 's:bad', position)).toEqual({ count: 2 })
    expect(await storedViews(port, projection)).toEqual(await plainFold(port, projection))
    await processor.stop()
  })

  const cases: readonly { readonly code: string; readonly prepare: (port: StoragePort) => Promise<unknown> }[] = [
    {
      code: 'EventSchemaTooNew',
      prepare: (port) =>
        port.events.append(
          's:1',
          [{ eventType: 'Added', eventData: { amount: 1 }, metadata: { eventId: 'e', schemaVersion: 9 } }],
          { expectedVersion: 'any' },
        ),
    },
    { code: 'InvalidViewKey', prepare: (port) => append(port, 's:bad-key', [1]) },
    { code: 'HandlerFailed', prepare: (port) => append(port, 's:key-throws', [1]) },
    {
      code: 'IncarnationMismatch',
      prepare: (port) =>
        port.leases.save(
          {
            id: leaseId('victim', 1, { min: '', max: 'FF' }),
            projection: 'victim',
            version: 1,
            range: { min: '', max: 'FF' },
            owner: null,
            expiresAt: 0,
            continuation: 'another' as Continuation,
            readTo: 7,
            incarnation: 'another',
          },
          'ifAbsent',
        ),
    },
    {
      code: 'TidemarkAheadOfLog',
      prepare: async (port) => {
        await append(port, 's:1', [1])
        await port.viewStore.save(
          {
            id: 'victim:1:all',
            projection: 'victim',
            version: 1,
            key: 'all',
            data: {},
            incarnation: port.incarnation,
            tidemarks: [{ min: '', max: 'FF', lsn: 99, hash: '00', version: 1 }],
          },
          'ifAbsent',
        )
      },
    },
  ]

  it.each(cases)('of the kind $code stops one projection, visibly', async ({ code, prepare }) => {
    await using port = openMemory()
    const victim = defineProjection('victim', {
      events,
      key: ({ streamId }) => {
        if (streamId === 's:key-throws') throw new RangeError('no key')
        return streamId === 's:bad-key' ? 'a/b' : 'all'
      },
      initial: () => ({}),
      on: { Added: (view) => view },
    })
    const other = defineProjection('other', {
      events,
      key: () => 'k',
      initial: () => ({}),
      on: { Cleared: () => ({}) },
    })
    await prepare(port)
    await using processor = await startProcessor(port, [victim, other], hurried)
    await until('it is stalled', async () => (await statusOf(processor, victim))[0]?.state === 'stalled')
    expect((await statusOf(processor, victim))[0]?.error).toMatchObject({ code, at: expect.stringMatching(/Z$/) })
    await append(port, 's:2', [])
    await until('the other one goes on', async () => (await storedViews(port, other)).size === 1)
    expect((await statusOf(processor, victim))[0]?.state).toBe('stalled')
    await processor.stop()
  })

  it('of the storage is tried again for ever, and shown', async () => {
    await using port = openMemory()
    await append(port, 's:1', [1])
    let down = false
    let refused = 0
    const failing = interposed(port, async (_call, next) => {
      if (!down) return next()
      refused++
      throw new StorageBusy('too many')
    })
    await using processor = await startProcessor(failing, [perStream], hurried)
    await untilCaughtUp(port, [perStream])
    down = true
    const position = await append(port, 's:1', [2])
    await until('it is stalled', async () => (await processor.status()).ranges[0]?.state === 'stalled')
    await until('it goes on trying', () => refused > 10)
    expect((await processor.status()).ranges[0]).toMatchObject({ behind: null, error: { code: 'StorageBusy' } })
    down = false
    expect(await withViews(port).views.waitFor(perStream, 's:1', position)).toMatchObject({ total: 3 })
    await until('it is idle', async () => (await processor.status()).ranges[0]?.state === 'idle')
    await processor.stop()
  })

  it('of a storage that was closed ends the work', async () => {
    const port = openMemory()
    const processor = await startProcessor(port, [perStream])
    await port.close()
    await until('it has stopped', async () => !(await processor.status()).running)
    await until('it says why', async () => (await processor.status()).ranges[0]?.error?.code === 'StorageClosed')
    await processor.stop()
  })

  it('of a view that others keep changing is tried again', async () => {
    await using port = openMemory()
    await append(port, 's:1', [1])
    let conflicts = 0
    const contended = interposed(port, async (call, next) => {
      if (call === 'viewStore.save' && conflicts < 30) {
        conflicts++
        return { saved: false } as never
      }
      return next()
    })
    await using processor = await startProcessor(contended, [perStream], hurried)
    await until('the view is there', async () => (await storedViews(port, perStream)).size === 1)
    expect(await storedViews(port, perStream)).toEqual(await plainFold(port, perStream))
    await processor.stop()
  })

  it('of a log callback is nobody else’s', async () => {
    await using port = openMemory()
    const onError = () => {
      throw new Error('the log is full')
    }
    await append(port, 's:bad', [1])
    const projection = fragile({ on: true })
    await using processor = await startProcessor(port, [projection], { ...hurried, onError })
    await untilCaughtUp(port, [projection])
    expect(await parkedSequences(port, projection).count()).toBe(1)
    await processor.stop()
  })
})
