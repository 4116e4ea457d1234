import assert from 'node:assert/strict'
import { systemClock } from '../../core/clock.ts'
import { type LeaseDocument, leaseId } from '../../core/port/lease-store.ts'
import type { StoragePort } from '../../core/port/storage.ts'
import { casesOf } from './case.ts'
import { numbers } from './support/events.ts'
import { rejectsWith } from './support/expect.ts'

/** Leases, saved by ETag. */
export const leases = casesOf('leases', {
  'a lease comes back as it was saved, with unknown fields, on another handle too': async ({ open, reopen }) => {
    const storage = await open()
    const saved = lease('p', 1, { continuation: 'opaque', note: { by: ['us'] } })
    const result = await storage.leases.save(saved, 'ifAbsent')
    for (const port of [storage, await reopen(storage)]) {
      assert.deepEqual(await port.leases.get(saved.id), { document: saved, etag: result.saved && result.etag })
    }
    assert.equal(await storage.leases.get('nowhere'), undefined)
  },

  'list gives all leases, those of a projection, or those of one of its versions': async ({ open }) => {
    const storage = await open()
    const all = [lease('p', 1), lease('p', 1, {}, '20'), lease('p', 2), lease('q', 1), lease('p%', 1), lease('$q', 1)]
    for (const one of all) await storage.leases.save(one, 'ifAbsent')
    const listed = async (filter?: Parameters<StoragePort['leases']['list']>[0]) =>
      (await storage.leases.list(filter)).map(({ document }) => document.id).toSorted()
    const idsOf = (some: readonly LeaseDocument[]) => some.map(({ id }) => id).toSorted()
    assert.deepEqual(await listed(), idsOf(all))
    assert.deepEqual(await listed({}), idsOf(all))
    assert.deepEqual(await listed({ projection: 'p' }), idsOf(all.slice(0, 3)))
    assert.deepEqual(await listed({ projection: 'p', version: 1 }), idsOf(all.slice(0, 2)))
    assert.deepEqual(await listed({ version: 2 }), idsOf(all.slice(2, 3)))
    assert.deepEqual(await listed({ projection: 'none' }), [])
    for (const { document, etag } of await storage.leases.list()) {
      assert.deepEqual(await storage.leases.get(document.id), { document, etag })
    }
  },

  'a save takes place only over the ETag that was read': async ({ open }) => {
    const storage = await open()
    const first = await storage.leases.save(lease('p', 1), 'ifAbsent')
    assert.ok(first.saved)
    const second = await storage.leases.save(lease('p', 1, { owner: 'me' }), { ifMatch: first.etag })
    assert.ok(second.saved)
    for (const condition of [{ ifMatch: first.etag }, { ifMatch: 'never' }, 'ifAbsent'] as const) {
      assert.deepEqual(await storage.leases.save(lease('p', 1, { owner: 'you' }), condition), { saved: false })
    }
    const found = await storage.leases.get(lease('p', 1).id)
    assert.deepEqual([found?.document.owner, found?.etag], ['me', second.etag])
    assert.deepEqual(await storage.leases.save(lease('q', 1), { ifMatch: second.etag }), { saved: false })
  },

  'of 16 workers that take one lease, exactly one gets it': async ({ open, reopen }) => {
    const storage = await open()
    const ports = [storage, await reopen(storage)]
    for (const round of numbers(0, 4)) {
      const found = await storage.leases.get(lease('p', 1).id)
      const condition = found ? { ifMatch: found.etag } : ('ifAbsent' as const)
      const results = await Promise.all(
        numbers(1, 16).map((n) =>
          (ports[n % 2] as StoragePort).leases.save(lease('p', 1, { owner: `${round}-${n}` }), condition),
        ),
      )
      const winners = results.flatMap(({ saved }, i) => (saved ? [`${round}-${i + 1}`] : []))
      assert.equal(winners.length, 1, `round ${round}`)
      assert.equal((await storage.leases.get(lease('p', 1).id))?.document.owner, winners[0])
    }
  },

  'changes tells each save since an earlier look, on another handle too, and nothing where nothing changed': async ({
    open,
    reopen,
  }) => {
    const storage = await open()
    if (storage.leases.changes === undefined) return
    const other = await reopen(storage)
    const look = async (port: StoragePort, since: string | null) => {
      const { documents = [], removed = [], next = '' } = (await port.leases.changes?.(since)) ?? {}
      const found = documents.map(({ document }) => [document.id, document.owner]).toSorted()
      for (const { document, etag } of documents) {
        assert.deepEqual(await port.leases.get(document.id), { document, etag })
      }
      return { found, removed, next }
    }
    assert.deepEqual((await look(storage, null)).found, [])
    for (const version of [1, 2, 3]) await storage.leases.save(lease('p', version, { owner: 'me' }), 'ifAbsent')
    const [one, two, three] = [lease('p', 1).id, lease('p', 2).id, lease('p', 3).id]
    const first = await look(storage, null)
    assert.deepEqual(first.found, [
      [one, 'me'],
      [two, 'me'],
      [three, 'me'],
    ])
    assert.deepEqual((await look(storage, first.next)).found, [])
    const found = await storage.leases.get(two)
    const taken = await storage.leases.save(lease('p', 2, { owner: 'you' }), { ifMatch: found?.etag ?? '' })
    await storage.leases.save(lease('q', 1), 'ifAbsent')
    assert.ok(taken.saved)
    const second = await look(storage, first.next)
    assert.deepEqual(second.found, [
      [two, 'you'],
      [lease('q', 1).id, null],
    ])
    // Another process may learn of it some moments later.
    let seen = await look(other, first.next)
    for (let tries = 0; tries < 50 && seen.found.length < second.found.length; tries++) {
      await systemClock.sleep(20)
      seen = await look(other, first.next)
    }
    assert.deepEqual(seen.found, second.found)
    assert.equal(await storage.leases.remove(two, taken.etag), true)
    const third = await look(storage, second.next)
    assert.deepEqual(third.found, [])
    if ((await storage.leases.changes(second.next)).removed) assert.deepEqual(third.removed, [two])
    await storage.leases.save(lease('p', 2, { owner: 'anew' }), 'ifAbsent')
    assert.deepEqual((await look(storage, third.next)).found, [[two, 'anew']])
    assert.deepEqual((await look(storage, null)).found.length, 4)
  },

  'what is no place in the changes of leases is InvalidContinuation': async ({ open }) => {
    const { leases } = await open()
    if (leases.changes === undefined) return
    for (const bad of ['', 'x', '{}', 'bm90IG9uZQ', 'null', '[]', "' OR 1=1 --"]) {
      await rejectsWith('InvalidContinuation', async () => leases.changes?.(bad), JSON.stringify(bad))
    }
  },

  'a lease is removed only over the ETag that was read': async ({ open }) => {
    const storage = await open()
    const { id } = lease('p', 1)
    const first = await storage.leases.save(lease('p', 1), 'ifAbsent')
    const second = await storage.leases.save(lease('p', 1, { owner: 'me' }), { ifMatch: first.saved ? first.etag : '' })
    assert.ok(first.saved && second.saved)
    assert.equal(await storage.leases.remove(id, first.etag), false)
    assert.equal((await storage.leases.get(id))?.document.owner, 'me')
    assert.equal(await storage.leases.remove(id, second.etag), true)
    assert.equal(await storage.leases.get(id), undefined)
    assert.equal(await storage.leases.remove(id, second.etag), false, 'again')
    const anew = await storage.leases.save(lease('p', 1), 'ifAbsent')
    assert.ok(anew.saved && anew.etag !== first.etag && anew.etag !== second.etag, 'ETags are not given again')
  },
})

function lease(projection: string, version: number, more: Partial<LeaseDocument> = {}, min = ''): LeaseDocument {
  const range = { min, max: 'FF' }
  return {
    id: leaseId(projection, version, range),
    projection,
    version,
    range,
    owner: null,
    expiresAt: 1_780_000_000_000,
    continuation: null,
    readTo: 0,
    incarnation: 'one',
    ...more,
  }
}
