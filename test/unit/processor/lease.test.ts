import { expect, it } from 'vitest'
import { systemClock } from '../../../src/core/clock.ts'
import { StorageUnavailable } from '../../../src/core/errors/storage.ts'
import { openLease } from '../../../src/processor/lease.ts'
import { openMemory } from '../../../src/testing/memory/index.ts'
import { interposed } from './support.ts'

it('a lease whose save was not answered is saved again, also from the place that was stored before', async () => {
  await using port = openMemory()
  let answers = true
  const flaky = interposed(port, async (call, next) => {
    const answer = await next()
    if (call === 'leases.save' && !answers) throw new StorageUnavailable('answer lost')
    return answer
  })
  const range = { min: '', max: 'FF' }
  const lease = await openLease(flaky, systemClock, { projection: { name: 'p', version: 1 }, range, workerId: 'w' })
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
