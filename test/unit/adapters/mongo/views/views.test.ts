import type { Document } from 'mongodb'
import { describe, expect, it } from 'vitest'
import { PROJECTION, saveViews, view } from '../../../../../src/testing/conformance/support/views.ts'
import { onModel } from '../../../../support/mongo-model/on-model.ts'

describe('the views of one page', () => {
  it('are read by one search, however many they are', async () => {
    await using on = await onModel()
    const port = await on.open()
    const keys = Array.from({ length: 1200 }, (_, i) => `k${i}`)
    await saveViews(port, { k7: { n: 7 }, k1199: { n: 1199 } })
    const before = on.model.commands.length
    const found = await port.viewStore.getMany('overview', 1, keys)
    expect([...found.keys()].toSorted()).toEqual(['k1199', 'k7'])
    expect(on.model.commands.slice(before).map((command) => Object.keys(command)[0])).toEqual(['find'])
  })

  it('are asked for their parked marks without their data', async () => {
    await using on = await onModel()
    const port = await on.open()
    const parked = { event: { id: 'a:1:1' }, attempts: 5 }
    await port.viewStore.save({ ...view('plain', { n: 1 }), parked }, 'ifAbsent')
    await port.viewStore.save({ ...view('odd', { $n: 1 }), parked }, 'ifAbsent')
    await port.viewStore.save(view('not', { n: 1 }), 'ifAbsent')
    const found = await port.viewStore.getParked?.('overview', 1, ['plain', 'odd', 'not', 'nowhere'])
    expect(found).toEqual(
      new Map([
        ['plain', parked],
        ['odd', parked],
      ]),
    )
    expect(on.model.commands.at(-1)?.projection).not.toHaveProperty('data')
  })
})

describe('a view that the server refuses', () => {
  it.each([121, 10334, 15, 17419])('for what is in it (%i) is ViewRefused, so that it can be parked', async (code) => {
    await using on = await onModel()
    const port = await on.open()
    on.model.decide((name) => (name === 'insert' || name === 'update' ? { code } : undefined))
    const refused = { code: 'ViewRefused', viewId: 'overview:1:k', cause: { code } }
    await expect(port.viewStore.save(view('k', { n: 1 }), 'ifAbsent')).rejects.toMatchObject(refused)
    const over = { ifMatch: '0'.repeat(24) }
    await expect(port.viewStore.save(view('k', { n: 1 }), over)).rejects.toMatchObject(refused)
  })

  it.each([
    [13, 'StorageAccessDenied'],
    [14031, 'StorageFull'],
    [1, 'StorageUnavailable'],
  ])('for another reason (%i) is %s', async (code, is) => {
    await using on = await onModel()
    const port = await on.open()
    on.model.decide((name) => (name === 'insert' ? { code } : undefined))
    await expect(port.viewStore.save(view('k', { n: 1 }), 'ifAbsent')).rejects.toMatchObject({ code: is })
  })
})

describe('dropping a version', () => {
  it('removes what it saw, and nothing that was built again when a try of it arrives late', async () => {
    await using on = await onModel()
    const port = await on.open()
    await saveViews(port, { k: { n: 1 } })
    await port.viewStore.drop('overview', 1)
    const late = on.model.commands.find((command) => command.delete === 'views') as Document
    await port.viewStore.save(view('k', { n: 2 }), 'ifAbsent')
    await on.client.db('x').command({ delete: 'views', deletes: late.deletes })
    expect((await port.viewStore.get({ ...PROJECTION, key: 'k' }))?.document.data).toEqual({ n: 2 })
  })
})
