import { describe, expect, it } from 'vitest'
import { deleteStream } from '../../../src/core/append/delete-stream.ts'
import { defineRule, on, setProperty, store, subjectIdOf, subjectStream, subjects } from '../../../src/rules/index.ts'
import { add, added, cart, running, user } from './support.ts'

const rule = defineRule('on-product-added', on(cart, 'productAdded'), {
  subject: user,
  then: [
    setProperty('last', ({ event }) => event.data.product_id),
    store('log', ({ event }) => event.data.product_id),
    store('other', () => 'x'),
  ],
})

/** A storage in which a subject got these products, one after the other. */
async function withProducts(...products: readonly string[]) {
  const world = await running(rule)
  for (const product of products) {
    await add(world.port, 'cart:1', added('456', product))
    await world.pass(3_000)
  }
  await world.end()
  return world.port
}

describe('a subject', () => {
  it('is read as it is, as it was at a version, and as it was at a time', async () => {
    await using port = await withProducts('tea', 'rice')
    const reader = subjects(port)
    expect(await reader.load('user:456')).toMatchObject({ version: 8, properties: { last: 'rice' } })
    expect(await reader.loadAsOf('user:456', { version: 4 })).toMatchObject({ version: 4, properties: { last: 'tea' } })
    const [, , , fourth] = (await port.events.load('subject:user:456')).events
    const time = new Date(fourth?.metadata.recordedAt ?? '')
    expect(await reader.loadAsOf('user:456', { time })).toMatchObject({ version: 4, properties: { last: 'tea' } })
    await expect(reader.loadAsOf('user:456', { version: -1 })).rejects.toMatchObject({ code: 'InvalidQuery' })
  })

  it('has version 0 before the first rule, and is an error once its stream is deleted', async () => {
    await using port = await withProducts('tea')
    expect(await subjects(port).load('user:7')).toEqual({ id: 'user:7', version: 0, properties: {}, times: {} })
    await deleteStream(port, subjectStream('user:456'))
    await expect(subjects(port).load('user:456')).rejects.toMatchObject({ code: 'StreamDeleted' })
    await expect(subjects(port).load('a:b:c')).rejects.toMatchObject({ code: 'InvalidStreamId' })
  })

  it('has a stream, which names it', () => {
    expect(subjectIdOf(subjectStream('user:456'))).toBe('user:456')
    expect(subjectIdOf('cart:1')).toBeUndefined()
  })
})

describe('a store', () => {
  it('is read page by page, the oldest entry first', async () => {
    await using port = await withProducts('a', 'b', 'c')
    const reader = subjects(port)
    const pages: unknown[] = []
    for (let after: number | null = 0; after !== null; ) {
      const { entries, next } = await reader.log('user:456', 'log', { after, limit: 2 })
      pages.push(entries.map(({ entry, version }) => [entry, version]))
      after = next
    }
    expect(pages).toEqual([
      [
        ['a', 2],
        ['b', 6],
      ],
      [['c', 10]],
    ])
    expect(await reader.log('user:456', 'none')).toEqual({ entries: [], next: null })
    expect(await reader.log('user:7', 'log')).toEqual({ entries: [], next: null })
    const exactly = await reader.log('user:456', 'log', { limit: 3 })
    expect([exactly.entries.length, exactly.next]).toEqual([3, null])
  })

  it('refuses limits and places that are none', async () => {
    await using port = await withProducts()
    for (const options of [{ limit: 0 }, { limit: 1_001 }, { after: -1 }, { after: 0.5 }]) {
      await expect(subjects(port).log('user:456', 'log', options)).rejects.toMatchObject({ code: 'InvalidOption' })
    }
  })
})
