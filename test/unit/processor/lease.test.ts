import { expect, it } from 'vitest'
import { systemClock } from '../../../src/core/clock.ts'
import { StorageUnavailable } from '../../../src/core/errors/storage.ts'
import { openLease } from '../../../src/processor/lease.ts'
import { openMemory } from '../../../src/testing/memory/index.ts'
import { interposed } from './support.ts'

const range = { min: '', max: 'FF' }
const request = { projection: { name: 'p', version: 1 }, range, workerId: 'w' }

it('a lease is given up also after a save that was not answered', async () => {
  await using port = openMemory()
  let answers = true
  const flaky = interposed(port, async (call, next) => {
    const answer = await next()
    if (call === 'leases.save' && !answers) throw new StorageUnavailable('answer lost')
    return answer
  })
  const lease = await openLease(flaky, systemClock, request)
  lease.move('three', 3)
  answers = false
  await expect(lease.save()).rejects.toThrow(StorageUnavailable)
  answers = true
  await lease.release()
  expect((await port.leases.get(lease.id))?.document).toMatchObject({ owner: null, continuation: 'three', readTo: 3 })
})

it('a lease that another worker took is not given up for it', async () => {
  await using port = openMemory()
  const lease = await openLease(port, systemClock, request)
  await openLease(port, systemClock, { ...request, workerId: 'other' })
  await lease.release()
  expect((await port.leases.get(lease.id))?.document).toMatchObject({ owner: 'other' })
})

it('a lease whose save was not answered is saved again, also from the place that was stored before', async () => {
  await using port = openMemory()
  let answers = true
  const flaky = interposed(port, async (call, next) => {
    const answer = await next()
    if (call === 'leases.save' && !answers) throw new StorageUnavailable('answer lost')
    return answer
  })
  const lease = await openLease(flaky, systemClock, request)
  lease.move('three', 3)
  await lease.save()
  expect(lease.moved).toBe(false)
  // The feed may give a page again, so that the place goes back.
  lease.move('two', 2)
  answers = false
  await expect(lease.save()).rejects.toThrow(StorageUnavailable)
  answers = true
  lease.move('three', 3)
  expect(lease.moved).toBe(true)
  await lease.save()
  expect(lease.moved).toBe(false)
  expect((await port.leases.get(lease.id))?.document).toMatchObject({ continuation: 'three', readTo: 3 })
})
