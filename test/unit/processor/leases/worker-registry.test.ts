import { describe, expect, it } from 'vitest'
import type { Clock } from '../../../../src/core/clock.ts'
import { StorageUnavailable } from '../../../../src/core/errors/storage.ts'
import { WORKERS } from '../../../../src/core/leases/lease-owner.ts'
import type { StoragePort } from '../../../../src/core/port/storage.ts'
import { createWorkerRegistry } from '../../../../src/processor/leases/worker-registry.ts'
import { startProcessor } from '../../../../src/processor/processor.ts'
import { manualClock } from '../../../../src/testing/manual-clock.ts'
import { openMemory } from '../../../../src/testing/memory/index.ts'
import { changeVersionRecord, readVersionRecord } from '../../../../src/views/version-record.ts'
import { until } from '../../../support/projecting/until.ts'
import { interposed, perStream, silent } from '../support.ts'

function registryOf({ leases, incarnation }: StoragePort, clock: Clock, workerId = 'a', registered = async () => {}) {
  const details = silent
  const projections = () => ['p:1']
  return createWorkerRegistry({
    leases,
    clock,
    workerId,
    duration: 10_000,
    projections,
    incarnation,
    details,
    registered,
  })
}

const registered = async (port: StoragePort) =>
  (await port.leases.list({ projection: WORKERS })).map((one) => one.document)

async function forgotten(port: StoragePort): Promise<void> {
  const [found] = await port.leases.list({ projection: WORKERS })
  if (found === undefined) throw new Error('It is not registered')
  await port.leases.remove(found.document.id, found.etag)
}

describe('the registry entry of a worker', () => {
  it('counts its time from before a renewal, however long that takes', async () => {
    await using port = openMemory()
    const clock = manualClock()
    const slow = interposed(port, async (call, next) => {
      if (call === 'leases.save') clock.advance(9_000)
      return next()
    })
    const registry = registryOf(slow, clock)
    expect(registry.isSafe()).toBe(false)
    await registry.renew()
    expect(registry.isSafe()).toBe(false)
  })

  it('is renewed after a renewal whose response was lost, and after somebody else saved it as it is', async () => {
    await using port = openMemory()
    let losing = true
    const lossy = interposed(port, async (call, next) => {
      const answer = await next()
      if (losing && call === 'leases.save') throw new StorageUnavailable('answer lost')
      return answer
    })
    const clock = manualClock()
    const registry = registryOf(lossy, clock)
    await expect(registry.renew()).rejects.toThrow('answer lost')
    losing = false
    await registry.renew()
    const [found] = await port.leases.list({ projection: WORKERS })
    if (found === undefined) throw new Error('It is not registered')
    await port.leases.save(found.document, { ifMatch: found.etag })
    clock.advance(5_000)
    await registry.renew()
    expect(registry.isSafe()).toBe(true)
    expect(await registered(port)).toMatchObject([{ owner: 'a', life: registry.life, expiresAt: clock.now() + 10_000 }])
  })

  it('is not set back by a renewal that ends after a later one', async () => {
    await using port = openMemory()
    const clock = manualClock()
    const held: (() => void)[] = []
    let holding = false
    const slow = interposed(port, async (call, next) => {
      const answer = await next()
      if (holding && call === 'leases.save') await new Promise<void>((resolve) => held.push(resolve))
      return answer
    })
    const registry = registryOf(slow, clock)
    await registry.renew()
    holding = true
    clock.advance(3_000)
    const first = registry.renew()
    await until('it is under way', () => held.length === 1)
    holding = false
    clock.advance(3_000)
    await registry.renew()
    const { safeUntil } = registry
    held[0]?.()
    await first
    expect(registry.safeUntil).toBe(safeUntil)
  })

  it('belongs to the process that registered last: the one before it is told and does not register again', async () => {
    await using port = openMemory()
    const clock = manualClock()
    const [first, second] = [registryOf(port, clock), registryOf(port, clock)]
    await first.renew()
    await second.renew()
    await expect(first.renew()).rejects.toMatchObject({ code: 'WorkerReplaced', workerId: 'a' })
    await first.leave(true)
    expect(await registered(port), 'only its own life is taken away').toMatchObject([{ life: second.life }])
    await second.renew()
  })

  it('comes back after others forgot it', async () => {
    await using port = openMemory()
    const registry = registryOf(port, manualClock())
    await registry.renew()
    await forgotten(port)
    await registry.renew()
    expect(await registered(port)).toHaveLength(1)
  })

  it('confirms what it runs whenever it was not there, and until that has succeeded', async () => {
    await using port = openMemory()
    const clock = manualClock()
    let confirmed = 0
    let failing = false
    const registry = registryOf(port, clock, 'a', async () => {
      expect(await registered(port), 'others see it first').toHaveLength(1)
      if (failing) throw new StorageUnavailable('away')
      confirmed++
    })
    await registry.renew()
    await registry.renew()
    expect(confirmed).toBe(1)
    await forgotten(port)
    failing = true
    clock.advance(20_000)
    await expect(registry.renew()).rejects.toThrow('away')
    expect(registry.isSafe(), 'nothing is taken in the meantime').toBe(false)
    failing = false
    await registry.renew()
    expect(confirmed).toBe(2)
    expect(registry.isSafe()).toBe(true)
  })

  it('is seen to be gone by those who follow changes, or is taken away by the last one', async () => {
    await using port = openMemory()
    const clock = manualClock()
    const [a, b] = [registryOf(port, clock, 'a'), registryOf(port, clock, 'b')]
    await a.renew()
    await b.renew()
    await a.leave(false)
    expect(await registered(port)).toMatchObject([{ owner: 'a', expiresAt: 0 }, { owner: 'b' }])
    await b.leave(true)
    expect(await registered(port)).toMatchObject([{ owner: 'a', expiresAt: 0 }])
  })
})

describe('a worker whose registration was removed', () => {
  const settings = { workerId: 'a', leaseDuration: 300, pollInterval: 30 }

  it('stops if a version that it runs is being dropped in the meantime', async () => {
    await using port = openMemory()
    const errors: unknown[] = []
    await using worker = await startProcessor(port, [perStream], {
      ...settings,
      onError: (error) => errors.push(error),
    })
    await changeVersionRecord(port, perStream.name, (record) => {
      if (record === undefined) throw new Error('It is not recorded')
      return { ...record, versions: { 1: { since: '', texts: [], dropping: true } } }
    })
    await forgotten(port)
    await until('it has stopped', async () => !(await worker.status()).running)
    expect(errors).toContainEqual(expect.objectContaining({ code: 'VersionBeingDropped' }))
  })

  it('records its versions again, of which nothing may be left', async () => {
    await using port = openMemory()
    await using _ = await startProcessor(port, [perStream], settings)
    await changeVersionRecord(port, perStream.name, (record) => record && { ...record, versions: {} })
    await forgotten(port)
    const known = async () => (await readVersionRecord(port.viewStore, perStream.name))?.document.versions[1]
    await until('it is recorded', async () => (await known()) !== undefined)
  })
})

describe('two processes under one worker id', () => {
  it('do not take leases from each other: the later one goes on, and the earlier one says that it stopped', async () => {
    await using port = openMemory({ ranges: 3 })
    const errors: unknown[] = []
    const quick = {
      workerId: 'same',
      leaseDuration: 300,
      pollInterval: 30,
      onError: (error: unknown) => void errors.push(error),
    }
    await using first = await startProcessor(port, [perStream], quick)
    await using second = await startProcessor(port, [perStream], quick)
    await until('the first one stopped', async () => !(await first.status()).running)
    expect(errors).toContainEqual(expect.objectContaining({ code: 'WorkerReplaced' }))
    await until('the second one has all', async () => {
      const { running, ranges } = await second.status()
      return running && ranges.length === 3 && ranges.every(({ owner, state }) => owner === 'same' && state === 'idle')
    })
    const holds = async () =>
      (await port.leases.list({ projection: perStream.name })).map(({ document }) => document.hold)
    const before = await holds()
    await new Promise((resolve) => setTimeout(resolve, 900))
    expect(await holds(), 'nobody takes anything').toEqual(before)
    await second.stop()
    await first.stop()
  })
})
