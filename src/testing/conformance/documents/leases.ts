import assert from 'node:assert/strict'
import { type LeaseChanges, type LeaseDocument, type LeaseStore, leaseId } from '../../../core/port/lease-store.ts'
import type { Stored } from '../../../core/port/save.ts'
import type { StoragePort } from '../../../core/port/storage.ts'
import { casesOf } from '../case.ts'
import { numbers } from '../support/events.ts'

/** Leases, saved by ETag. */
export const leases = casesOf('leases', {
  'a lease is returned as it was saved, with unknown fields, on another handle too': async ({ open, reopen }) => {
    const storage = await open()
    const saved = lease('p', 1, { continuation: 'opaque', note: { by: ['us'] } })
    const result = await storage.leases.save(saved, 'ifAbsent')
    for (const port of [storage, await reopen(storage)]) {
      assert.deepEqual(await port.leases.get(saved.id), { document: saved, etag: result.saved && result.etag })
    }
    assert.equal(await storage.leases.get('nowhere'), undefined)
  },

  'changes return each save since an earlier check, by any handle, and all leases at first': async (context) => {
    const storage = await context.open()
    if (storage.leases.changes === undefined) return
    const other = await context.reopen(storage)
    const changes = (since: string | null) => (storage.leases.changes as NonNullable<LeaseStore['changes']>)(since)
    const known = new Map<string, Stored<LeaseDocument>>()
    let since: string | null = null
    const look = async () => {
      for (;;) {
        const { documents, next, all }: LeaseChanges = await changes(since)
        since = next
        if (all) known.clear()
        for (const one of documents) known.set(one.document.id, one)
        const listed = await storage.leases.list()
        if (listed.every(({ document, etag }) => known.get(document.id)?.etag === etag)) return documents
        if (documents.length === 0) assert.fail('a save is missing among the changes')
      }
    }
    await look()
    for (const i of numbers(0, 9)) await storage.leases.save(lease('p', 1, { n: i }, String(10 + i)), 'ifAbsent')
    await look()
    for (const { document } of known.values()) assert.equal(document.projection, 'p')
    assert.equal(known.size, 10)
    const [one] = [...known.values()] as [Stored<LeaseDocument>]
    const saved = await other.leases.save({ ...one.document, owner: 'w' }, { ifMatch: one.etag })
    assert.ok(saved.saved)
    await look()
    assert.deepEqual(known.get(one.document.id), { document: { ...one.document, owner: 'w' }, etag: saved.etag })
    assert.deepEqual((await changes(since)).all, false)
    const first = await changes(null)
    assert.deepEqual([first.all, first.documents.length], [true, 10])
  },

  'list returns all leases, those of a projection, or those of one of its versions': async ({ open }) => {
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

  'a save succeeds only over the ETag that was read': async ({ open }) => {
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

  'no ETag is reused when handles alternately save and remove': async ({ open, reopen }) => {
    const storage = await open()
    const ports = [storage, await reopen(storage), await reopen(storage)]
    const { id } = lease('p', 1)
    const etags = new Set<string>()
    for (const turn of numbers(0, 11)) {
      const port = ports[turn % 3] as StoragePort
      const found = await port.leases.get(id)
      const condition = found ? { ifMatch: found.etag } : ('ifAbsent' as const)
      const result = await port.leases.save(lease('p', 1, { owner: `${turn}` }), condition)
      assert.ok(result.saved && !etags.has(result.etag), `turn ${turn}`)
      etags.add(result.etag)
      if (turn % 4 === 3) assert.ok(await (ports[(turn + 1) % 3] as StoragePort).leases.remove(id, result.etag))
    }
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
    assert.ok(anew.saved && anew.etag !== first.etag && anew.etag !== second.etag, 'ETags are not reused')
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
