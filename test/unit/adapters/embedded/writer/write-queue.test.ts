import { describe, expect, it } from 'vitest'
import { WriteQueue } from '../../../../../src/adapters/embedded/writer/write-queue.ts'

const pending = (item: string, size: number) => ({ item, size, resolve: () => {}, reject: () => {} })

describe('the queue of a writer', () => {
  it('is bounded by items', () => {
    const queue = new WriteQueue<string, void>({ items: 2, characters: 100 })
    queue.add(pending('a', 0))
    expect(queue.hasRoom(0)).toBe(true)
    queue.add(pending('b', 0))
    expect(queue.hasRoom(0)).toBe(false)
    queue.take(1)
    expect(queue.hasRoom(0)).toBe(true)
  })

  it('is bounded by their text, and takes one item whatever its size is', () => {
    const queue = new WriteQueue<string, void>({ items: 10, characters: 100 })
    expect(queue.hasRoom(1000)).toBe(true)
    queue.add(pending('a', 60))
    expect(queue.hasRoom(40)).toBe(true)
    expect(queue.hasRoom(41)).toBe(false)
    queue.add(pending('b', 40))
    queue.take(1)
    expect(queue.hasRoom(60)).toBe(true)
    expect(queue.hasRoom(61)).toBe(false)
  })

  it('gives what came first', () => {
    const queue = new WriteQueue<string, void>({ items: 10, characters: 100 })
    for (const item of ['a', 'b', 'c', 'd', 'e']) queue.add(pending(item, 1))
    expect(queue.take(2).map(({ item }) => item)).toEqual(['a', 'b'])
    expect(queue.take(10).map(({ item }) => item)).toEqual(['c', 'd', 'e'])
    expect(queue.length).toBe(0)
  })
})
