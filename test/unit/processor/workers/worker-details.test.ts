import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { WORKERS } from '../../../../src/core/leases/lease-owner.ts'
import type { LeaseDocument } from '../../../../src/core/port/lease-store.ts'
import type { StoragePort } from '../../../../src/core/port/storage.ts'
import { createWorkerRegistry } from '../../../../src/processor/leases/worker-registry.ts'
import { startProcessor } from '../../../../src/processor/processor.ts'
import { listWorkers } from '../../../../src/processor/status/list-workers.ts'
import { createLoadMeter } from '../../../../src/processor/workers/worker-load.ts'
import { manualClock } from '../../../../src/testing/manual-clock.ts'
import { openMemory } from '../../../../src/testing/memory/index.ts'
import { interposed, perStream, silent } from '../support.ts'

const DETAILS = ['host', 'pid', 'release', 'startedAt', 'load']

/** The document of a worker as a release wrote it that tells nothing about its process. */
async function olderWorker(port: StoragePort, workerId: string, now: number): Promise<void> {
  const { leases, incarnation } = port
  const registry = createWorkerRegistry({
    leases,
    clock: manualClock(now),
    workerId,
    duration: 10_000,
    projections: () => ['per-stream:1'],
    incarnation,
    details: silent,
    registered: async () => {},
  })
  await registry.renew()
  const [found] = await leases.list({ projection: WORKERS })
  if (found === undefined) throw new Error('It is not registered')
  const older = Object.entries(found.document).filter(([name]) => !DETAILS.includes(name))
  await leases.save(Object.fromEntries(older) as LeaseDocument, { ifMatch: found.etag })
}

describe('what a worker tells about its process', () => {
  it('is seen by the other workers and in the list of workers', async () => {
    await using port = openMemory()
    await using _ = await startProcessor(port, [perStream], { workerId: 'a', release: '1.2.3' })
    await using other = await startProcessor(port, [perStream], { workerId: 'b' })
    const { workers } = await other.status()
    const a = workers.find(({ id }) => id === 'a')
    expect(a).toMatchObject({ pid: process.pid, release: '1.2.3', load: null })
    expect(workers.find(({ id }) => id === 'b')).toMatchObject({ pid: process.pid, release: null })
    const { id, ...details } = a ?? { id: '' }
    expect((await listWorkers(port)).find(({ worker }) => worker === id)).toMatchObject(details)
  })

  it('is null for a worker of an older release, but not when it renewed its document', async () => {
    await using port = openMemory()
    const now = Date.now()
    await olderWorker(port, 'old', now)
    await using processor = await startProcessor(port, [perStream], { workerId: 'new' })
    const { workers } = await processor.status()
    const renewedAt = new Date(now).toISOString()
    expect(workers.find(({ id }) => id === 'old')).toEqual({ id: 'old', renewedAt, ...silent() })
  })

  it('is added to what older releases read, and changes nothing of that', async () => {
    await using port = openMemory()
    await olderWorker(port, 'old', Date.now())
    const [old] = await port.leases.list({ projection: WORKERS })
    await using _ = await startProcessor(port, [perStream], { workerId: 'new' })
    const documents = (await port.leases.list({ projection: WORKERS })).map(({ document }) => document)
    const added = documents.find(({ owner }) => owner === 'new')
    const kinds = (document: object = {}) => Object.entries(document).map(([name, value]) => [name, typeof value])
    expect(kinds(added).filter(([name]) => !DETAILS.includes(String(name)))).toEqual(kinds(old?.document))
  })

  it('costs no more saves than the heartbeat', async () => {
    await using port = openMemory()
    const clock = manualClock()
    let saves = 0
    const counted = interposed(port, (call, next) => {
      if (call === 'leases.save') saves++
      return next()
    })
    const { leases, incarnation } = counted
    const loads = [0.5, 0.25].map((cpu) => ({ cpu, delay: 0, over: 5_000 }))
    const details = () => ({ ...silent(), load: loads.shift() ?? null })
    const projections = () => ['per-stream:1']
    const common = { leases, clock, incarnation, projections, details, registered: async () => {} }
    const registry = createWorkerRegistry({ ...common, workerId: 'a', duration: 10_000 })
    await registry.renew()
    await registry.renew()
    expect(saves).toBe(2)
    expect(registry.document).toMatchObject({ load: { cpu: 0.25 } })
  })
})

describe('the release of a worker', () => {
  it.each(['', 'x'.repeat(201), 7])('is refused if it is no text of 1 to 200 characters', async (release) => {
    await using port = openMemory()
    const starting = startProcessor(port, [perStream], { release: release as string })
    await expect(starting).rejects.toMatchObject({ code: 'InvalidConfiguration' })
  })
})

describe('the load of a process', () => {
  it('contains the CPU time of a busy loop, and how late that made the event loop', async () => {
    const meter = createLoadMeter()
    expect(meter.read(), 'nothing can be said yet').toBeNull()
    await sleep(100)
    for (const end = performance.now() + 600; performance.now() < end; );
    await sleep(100)
    const load = meter.read()
    expect(load?.cpu).toBeGreaterThan(0)
    expect(load?.delay).toBeGreaterThan(450)
    expect(load?.over).toBeGreaterThanOrEqual(800)
    expect(meter.read(), 'it begins anew').toBeNull()
    meter.stop()
  })
})
