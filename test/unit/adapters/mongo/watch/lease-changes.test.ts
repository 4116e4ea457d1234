import { Timestamp } from 'mongodb'
import { describe, expect, it } from 'vitest'
import type { LeaseDocument, LeaseStore } from '../../../../../src/core/port/lease-store.ts'
import { onModel } from '../../../../support/mongo-model/on-model.ts'

const lease = (i: number, more: object = {}): LeaseDocument => ({
  id: `p:1:${i}`,
  projection: 'p',
  version: 1,
  range: { min: '', max: 'FF' },
  owner: null,
  expiresAt: 0,
  continuation: null,
  readTo: 0,
  incarnation: '',
  ...more,
})

/** A storage on a model whose clock the test moves, and the ids that changes tell of. */
async function watched() {
  let now = 1_780_000_000_000
  const on = await onModel(() => now)
  const port = await on.open()
  const changes = port.leases.changes as NonNullable<LeaseStore['changes']>
  const look = async (since: string | null) => {
    const { documents, ...answer } = await changes(since)
    return { ...answer, ids: documents.map(({ document }) => document.id).toSorted() }
  }
  /** Some time in which nothing of this happens, but the cluster's time goes on. */
  const wait = async () => {
    now += 21_000
    await port.snapshots.remove('a:1')
  }
  return { on, port, look, wait }
}

describe('changes of leases', () => {
  it('cost nothing for what was saved long ago, and tell what was saved just now again', async () => {
    const { on, port, look, wait } = await watched()
    await using _ = on
    for (let i = 0; i < 5; i++) await port.leases.save(lease(i), 'ifAbsent')
    await wait()
    const first = await look(null)
    expect([first.all, first.ids.length]).toEqual([true, 5])
    const found = await port.leases.get('p:1:3')
    await port.leases.save(lease(3, { owner: 'me' }), { ifMatch: found?.etag ?? '' })
    await port.leases.save(lease(7), 'ifAbsent')
    const second = await look(first.next)
    expect([second.all, second.ids]).toEqual([false, ['p:1:3', 'p:1:7']])
    // A save may be seen some time after it was given its own, so nothing is passed over that was saved just now.
    const third = await look(second.next)
    expect(third.ids).toEqual(['p:1:3', 'p:1:7'])
    await wait()
    const fourth = await look(third.next)
    const fifth = await look(fourth.next)
    expect([fifth.all, fifth.ids]).toEqual([false, []])
  })

  it('tell of a save that is seen late, after one that was given a later time', async () => {
    const { on, port, look } = await watched()
    await using _ = on
    await port.leases.save(lease(1), 'ifAbsent')
    const { next } = await look(null)
    const [t = '0'] = next.split('.')
    await port.leases.save(lease(2), 'ifAbsent')
    const later = await look(next)
    // What the server does with a save that it held up for 15 seconds.
    const leases = on.client.db('x').collection<{ _id: string }>('leases')
    await leases.updateOne(
      { _id: 'p:1:1' },
      { $set: { owner: 'late', changed: new Timestamp({ t: Number(t) - 15, i: 1 }) } },
    )
    expect((await look(later.next)).ids).toContain('p:1:1')
  })

  it('tell all where the time is not one of this cluster, or is none', async () => {
    const { on, port, look } = await watched()
    await using _ = on
    await port.leases.save(lease(1), 'ifAbsent')
    const { next } = await look(null)
    const ahead = `${Number(next.split('.')[0]) + 100_000}.1`
    for (const since of [ahead, '', 'x', '1.2.3', '4294967296.1', '1.99999999999']) {
      const { all, ids } = await look(since)
      expect([since, all, ids]).toEqual([since, true, ['p:1:1']])
    }
    expect((await look(next)).all).toBe(false)
  })

  it('always tell of a lease that an older release saved', async () => {
    const { on, port, look, wait } = await watched()
    await using _ = on
    await port.leases.save(lease(1), 'ifAbsent')
    const leases = on.client.db('x').collection<{ _id: string }>('leases')
    await leases.updateOne({ _id: 'p:1:1' }, { $unset: { changed: '' } })
    await wait()
    const { next } = await look(null)
    await wait()
    expect((await look((await look(next)).next)).ids).toEqual(['p:1:1'])
  })

  it('are asked for by the time of the cluster, with a bound on what the server may take', async () => {
    const { on, port, look, wait } = await watched()
    await using _ = on
    await port.leases.save(lease(1), 'ifAbsent')
    const { next } = await look(null)
    await wait()
    await look(next)
    const asked = on.model.commands.at(-1)
    expect(asked?.filter.$or[0].changed.$gt.t).toBe(Number(next.split('.')[0]) - 20)
    expect(asked?.maxTimeMS).toBeGreaterThan(0)
    // Whatever the deadline is: what a save is given must be no older than that.
    const patient = await on.open({ deadline: 600_000 })
    await patient.leases.save(lease(2), 'ifAbsent')
    expect(on.model.commands.at(-1)).toMatchObject({ insert: 'leases', maxTimeMS: 10_000 })
  })
})
