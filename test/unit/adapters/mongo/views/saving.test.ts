import { MongoClient } from 'mongodb'
import { afterAll, describe, expect, it } from 'vitest'
import { toRecord, toStored } from '../../../../../src/adapters/mongo/client/stored-record.ts'
import { openMongoPort } from '../../../../../src/adapters/mongo/index.ts'
import type { StoragePort } from '../../../../../src/core/port/storage.ts'
import { PROJECTION, view } from '../../../../../src/testing/conformance/support/views.ts'
import { dropDatabases, findServer, newDatabaseName } from '../../../../support/mongo/server.ts'
import { serverOrModel } from '../../../../support/mongo/server-or-model.ts'
import type { Fate } from '../../../../support/mongo/tcp-proxy.ts'
import { proxyBefore } from '../../../../support/mongo/through-proxy.ts'

const isModel = (await findServer()) === undefined
const server = await serverOrModel()
const client = new MongoClient(server)
const database = newDatabaseName()

describe('a record', () => {
  it.each([{}, { etag: 'mine', _id: 7, json: '{' }, { json: null, 'a.b': 1 }, { $set: { x: 1 }, '': [{ '\0': 1 }] }])(
    'gives back %j',
    (fields) => {
      const document = { id: 'some:1', ...fields }
      const record = toRecord(document)
      expect(record._id).toBe('some:1')
      expect(toStored(record)).toEqual({ document, etag: record.etag.toHexString() })
    },
  )

  it('has a revision that no other has', () => {
    const revisions = Array.from({ length: 1000 }, () => toRecord({ id: 'x' }).etag.toHexString())
    expect(new Set(revisions).size).toBe(1000)
  })
})

describe('a save', () => {
  afterAll(async () => {
    await dropDatabases(client, [database])
    await client.close()
  })

  // With and without the repeats that the driver makes by itself.
  describe.each([true, false])('with retryWrites=%s', (retryWrites) => {
    it.each(['cutBefore', 'cutAfter'] as const)(
      'of which the connection is %s tells what became of it',
      async (fate) => {
        await using proxy = await proxyBefore(server)
        await using through = new MongoClient(proxy.uri('', `retryWrites=${retryWrites}`))
        await using port: StoragePort = await openMongoPort(through, { database, slots: 1 })
        const once = (name: string) => {
          let left = 1
          proxy.decide((command): Fate => (command === name && left-- > 0 ? fate : 'forward'))
        }
        const key = `${fate}-${retryWrites}`
        once('insert')
        const first = await port.viewStore.save(view(key, { n: 1 }), 'ifAbsent')
        expect(first).toEqual({ saved: true, etag: expect.any(String) })
        expect(await port.viewStore.save(view(key, { n: 9 }), 'ifAbsent')).toEqual({ saved: false })
        once('update')
        const second = await port.viewStore.save(view(key, { n: 2 }), { ifMatch: first.saved ? first.etag : '' })
        expect(second).toEqual({ saved: true, etag: expect.any(String) })
        const found = await port.viewStore.get({ ...PROJECTION, key })
        expect([found?.document.data, found?.etag]).toEqual([{ n: 2 }, second.saved && second.etag])
        expect(proxy.counts[fate]).toBe(2)
      },
    )
  })

  // Documents of millions of numbers take a model too long.
  it.skipIf(isModel)(
    'of a view that would take more than a document holds is ViewTooLarge, and one that just fits is not',
    async () => {
      await using port = await openMongoPort(client, { database, slots: 1 })
      const list = (length: number) => view('list', { list: Array(length).fill(1) })
      await expect(port.viewStore.save(list(2_000_000), 'ifAbsent')).rejects.toMatchObject({ code: 'ViewTooLarge' })
      await expect(port.viewStore.get(view('list', {}))).resolves.toBeUndefined()
      expect(await port.viewStore.save(list(1_200_000), 'ifAbsent')).toMatchObject({ saved: true })
      // A name that BSON does not hold makes all of it a text besides.
      const both = view('both', { list: Array(1_200_000).fill(1), $a: 1 })
      await expect(port.viewStore.save(both, 'ifAbsent')).rejects.toMatchObject({ code: 'ViewTooLarge' })
    },
  )
})
