import { describe, expect, it } from 'vitest'
import { InvalidQuery, InvalidViewKey } from '../../../src/core/errors/input.ts'
import type { StoragePort } from '../../../src/core/port/storage.ts'
import { openMemory } from '../../../src/testing/memory/index.ts'
import { withViews } from '../../../src/views/with-views.ts'
import { activate, notes, storeView } from './support.ts'

describe('views', () => {
  it('are null when absent and when gone', async () => {
    await using storage = withViews(openMemory())
    expect(await storage.views.get(notes, 'k')).toBeNull()
    await storeView(storage, 'k', 1)
    expect(await storage.views.get(notes, 'k')).toEqual({ n: 1 })
    await storeView(storage, 'k', 1, { data: null })
    expect(await storage.views.get(notes, 'k')).toBeNull()
  })

  it('are refused when they were folded from another incarnation of the log', async () => {
    await using storage = withViews(openMemory())
    await storeView(storage, 'k', 1, { incarnation: 'another' })
    await expect(storage.views.get(notes, 'k')).rejects.toMatchObject({
      code: 'IncarnationMismatch',
      actual: 'another',
    })
    await expect(storage.views.query(notes)).rejects.toMatchObject({ code: 'IncarnationMismatch' })
    await expect(storage.views.count(notes)).rejects.toMatchObject({ code: 'IncarnationMismatch' })
    expect(await storage.views.get(notes, 'other')).toBeNull()
  })

  it('check their keys', async () => {
    await using storage = withViews(openMemory())
    await expect(storage.views.get(notes, '')).rejects.toThrow(InvalidViewKey)
  })

  it('come from the active version, and from the own one where none was recorded', async () => {
    await using storage = withViews(openMemory())
    await storeView(storage, 'k', 1)
    await storeView(storage, 'k', 2, { version: 2 })
    expect(await storage.views.get(notes, 'k')).toEqual({ n: 1 })
    expect(await storage.views.get({ ...notes, version: 2 }, 'k')).toEqual({ n: 2 })
    await activate(storage, 2)
    expect(await storage.views.get(notes, 'k')).toEqual({ n: 2 })
    await activate(storage, 1)
    expect(await storage.views.get({ ...notes, version: 2 }, 'k')).toEqual({ n: 1 })
  })

  it('never come from a version that was left before they were read', async () => {
    const port = openMemory()
    await activate(port, 1)
    await storeView(port, 'k', 1)
    await storeView(port, 'k', 2, { version: 2 })
    let switched = false
    const switching: StoragePort = {
      ...port,
      viewStore: {
        ...port.viewStore,
        async get(ref) {
          // The switch comes between the look at the version and the reading of the view, in whatever order.
          const answer = await port.viewStore.get(ref)
          if (!switched) {
            switched = true
            await activate(port, 2)
          }
          return answer
        },
      },
    }
    await using storage = withViews(switching)
    expect(await storage.views.get(notes, 'k')).toEqual({ n: 2 })
  })

  it('keep all pages of a query on the version that it began with', async () => {
    await using storage = withViews(openMemory())
    for (let n = 0; n < 5; n++) {
      await storeView(storage, `k${n}`, n)
      await storeView(storage, `k${n}`, 100 + n, { version: 2 })
    }
    await activate(storage, 1)
    const query = { orderBy: { field: 'n', direction: 'descending' }, where: { n: { gt: 0 } }, limit: 2 } as const
    const first = await storage.views.query(notes, query)
    expect(first.items).toEqual([{ n: 4 }, { n: 3 }])
    await activate(storage, 2)
    const second = await storage.views.query(notes, { ...query, after: first.next as string })
    expect(second.items).toEqual([{ n: 2 }, { n: 1 }])
    const last =
      second.next === undefined ? [] : (await storage.views.query(notes, { ...query, after: second.next })).items
    expect(last).toEqual([])
    expect((await storage.views.query(notes, query)).items).toEqual([{ n: 104 }, { n: 103 }])
  })

  it('are counted in the active version', async () => {
    await using storage = withViews(openMemory())
    expect(await storage.views.count(notes)).toBe(0)
    for (let n = 0; n < 5; n++) await storeView(storage, `k${n}`, n)
    await storeView(storage, 'gone', 0, { data: null })
    for (let n = 0; n < 3; n++) await storeView(storage, `k${n}`, n, { version: 2 })
    expect(await storage.views.count(notes)).toBe(5)
    expect(await storage.views.count(notes, { where: { n: { ne: 1 } } })).toBe(4)
    await activate(storage, 2)
    expect(await storage.views.count(notes, { where: { n: { ne: 1 } } })).toBe(2)
  })

  it.each(['', 'nonsense', Buffer.from('[1]').toString('base64url'), Buffer.from('7').toString('base64url')])(
    'refuse the page token %j',
    async (after) => {
      await using storage = withViews(openMemory())
      await expect(storage.views.query(notes, { after })).rejects.toThrow(InvalidQuery)
    },
  )

  it('keep what else the port offers', async () => {
    await using storage = withViews({ ...openMemory(), backup: async (_folder: string) => {} })
    await storage.backup('somewhere')
    expect(storage.incarnation).toBeTypeOf('string')
  })
})
