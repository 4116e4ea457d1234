import { describe, expect, it } from 'vitest'
import { StorageUnavailable } from '../../../../src/core/errors/storage.ts'
import { reportInstance } from '../../../../src/operations/instances/report-instance.ts'
import { startProcessor } from '../../../../src/processor/processor.ts'
import { append, perStream } from '../../processor/support.ts'
import { until, watching } from './support.ts'

describe('snapshots', () => {
  it('tell what is known of storage, workers, versions and processes', async () => {
    const { clock, storage, sampler, beat } = await watching()
    await append(storage, 's:1', [1, 2, 3])
    const instance = reportInstance(storage, { kind: 'worker', service: 'worker', id: 'w1', clock })
    const processor = await startProcessor(storage, [perStream], {
      clock,
      workerId: 'w1',
      leaseDuration: 9_000,
      telemetry: instance.telemetry,
    })
    const taken = await beat()
    expect(taken.storage).toMatchObject({ ok: true, error: null, succeeded: 2, failed: 0, kind: 'file', health: null })
    expect(taken.storage.incarnation).toBe(storage.incarnation)
    expect(taken.workers?.map(({ worker }) => worker)).toEqual(['w1'])
    expect(taken.versions?.map(({ projection, role }) => [projection, role])).toEqual([['per-stream', 'active']])
    expect(taken.instances?.map(({ id }) => id)).toEqual(['w1'])
    expect(taken.leaseDuration).toBe(9_000)
    for (let i = 0; i < 5; i++) await beat()
    expect(sampler.latest()?.measured).toMatchObject({ seconds: 1, folded: expect.any(Number), appended: null })
    expect(sampler.history.names()).toEqual(
      expect.arrayContaining(['ping', 'behind', 'behind{per-stream:1}', 'oldest{per-stream:1}', 'folded', 'memory']),
    )
    await Promise.all([processor.stop(), instance.close(), sampler.close()])
  })

  it('are taken every second on a folder, and less often where reads cost more', async () => {
    for (const [kind, every] of [
      ['file', 1_000],
      ['mongodb+srv', 2_000],
      ['https', 10_000],
    ] as const) {
      const { sampler, beat } = await watching(undefined, { kind })
      const first = sampler.latest()
      const second = await beat()
      expect(second.at - (first?.at ?? 0)).toBe(every)
      await sampler.close()
    }
  })

  it('lack only the part that fails, and never repeat what was known before', async () => {
    let isDown = false
    const failing = async () => {
      throw new StorageUnavailable('The disk is gone')
    }
    const { sampler, beat } = await watching((storage) => ({
      ping: () => (isDown ? failing() : storage.ping()),
      leases: { ...storage.leases, list: () => (isDown ? failing() : storage.leases.list()) },
    }))
    expect(sampler.latest()).toMatchObject({ workers: [], versions: [], instances: [] })
    isDown = true
    await beat()
    const taken = await beat()
    expect(taken).toMatchObject({ workers: null, versions: null, instances: [], leaseDuration: null })
    expect(taken.storage).toMatchObject({
      ok: false,
      ping: null,
      error: { code: 'StorageUnavailable', message: 'The disk is gone' },
      succeeded: 0,
      failed: 2,
    })
    isDown = false
    const after = await beat()
    expect(after).toMatchObject({ workers: [], versions: [], storage: { ok: true, succeeded: 1, failed: 0 } })
    await sampler.close()
  })

  it('give up a part that hangs after two seconds, and do not ask again before it has ended', async () => {
    let asked = 0
    const hanging = Promise.withResolvers<void>()
    const { clock, sampler, storage } = await watching((storage) => ({
      ping: () => (++asked === 2 ? hanging.promise : storage.ping()),
    }))
    // One sleep is left: the limit of the ping, or the pause after a beat.
    const settled = () => until(() => clock.sleeping === 1)
    const begin = async () => {
      clock.advance(1_000)
      await until(() => clock.sleeping > 1)
      await settled()
    }
    for (const failed of [1, 2]) {
      await begin()
      const before = sampler.latest()
      clock.advance(2_000)
      await until(() => sampler.latest() !== before)
      await settled()
      expect(sampler.latest()?.storage).toMatchObject({ ok: false, failed, error: { code: 'StorageUnavailable' } })
      expect(sampler.latest()?.versions).toEqual([])
    }
    expect(asked).toBe(2)
    await begin()
    hanging.resolve()
    // What it returns at last is too old to be told.
    await until(() => sampler.latest()?.storage.failed === 3)
    await settled()
    clock.advance(1_000)
    await until(() => sampler.latest()?.storage.ok === true)
    expect(asked).toBe(3)
    await sampler.close()
    await storage.close()
  })

  it('cost few reads: those of all versions once, and those of parked sequences in every fifth beat', async () => {
    const { sampler, storage, clock, beat } = await watching()
    const projections = [perStream, { ...perStream, name: 'other' }, { ...perStream, name: 'third' }]
    const processor = await startProcessor(storage, projections, { clock, workerId: 'w1' })
    await beat()
    const reads: number[] = []
    for (let i = 0; i < 10; i++) {
      const before = sampler.cost().readsPerMinute
      await beat()
      reads.push(sampler.cost().readsPerMinute - before)
    }
    // Ping, leases, ranges, version records and reports.
    expect(Math.min(...reads)).toBe(5)
    expect(reads.reduce((sum, count) => sum + count)).toBeLessThanOrEqual(10 * 5 + 2 * projections.length)
    expect(sampler.cost()).toMatchObject({ requestUnitsPerMinute: null, everyMs: 1_000 })
    await Promise.all([processor.stop(), sampler.close()])
  })

  it('tell the request units that the own process was charged', async () => {
    const { clock, storage, sampler, beat } = await watching(undefined, { own: 'd1' })
    const { telemetry, close } = reportInstance(storage, { kind: 'dashboard', service: 'dashboard', id: 'd1', clock })
    for (let i = 0; i < 30; i++) {
      telemetry.count('tidemark.cosmos.charge', 2, {})
      await beat()
    }
    const { requestUnitsPerMinute } = sampler.cost()
    expect(requestUnitsPerMinute).toBeGreaterThan(100)
    expect(requestUnitsPerMinute).toBeLessThan(150)
    await Promise.all([close(), sampler.close()])
  })

  it('are told to listeners until they leave, whatever these throw', async () => {
    const { sampler, beat } = await watching()
    const seen: number[] = []
    sampler.subscribe(() => {
      throw new Error('a listener')
    })
    const leave = sampler.subscribe(({ at }) => seen.push(at))
    const { at } = await beat()
    leave()
    await beat()
    expect(seen).toEqual([at])
    await sampler.close()
  })
})
