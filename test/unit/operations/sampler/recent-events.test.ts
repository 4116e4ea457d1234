import { describe, expect, it } from 'vitest'
import { append } from '../../processor/support.ts'
import { until, watching } from './support.ts'

describe('recent events', () => {
  it('are read only while somebody watches, newest first and without payloads', async () => {
    let reads = 0
    const { clock, storage, sampler } = await watching((storage) => ({
      feed: {
        ...storage.feed,
        read: (...read) => {
          reads++
          return storage.feed.read(...read)
        },
      },
    }))
    await append(storage, 's:1', [1])
    expect(reads).toBe(0)
    const ends = [sampler.watchEvents(), sampler.watchEvents()]
    await until(() => reads === 1 && clock.sleeping === 2)
    await append(storage, 's:1', [2, 3])
    clock.advance(1_000)
    await until(() => sampler.recentEvents().length === 2)
    expect(sampler.recentEvents()).toEqual([
      { streamId: 's:1', version: 3, type: 'Added', id: expect.any(String), recordedAt: expect.any(String) },
      expect.objectContaining({ version: 2 }),
    ])
    ends[0]?.()
    expect(sampler.recentEvents()).toHaveLength(2)
    ends[1]?.()
    expect(sampler.recentEvents()).toEqual([])
    const before = reads
    await append(storage, 's:1', [4])
    clock.advance(10_000)
    await until(() => clock.sleeping > 0)
    expect(reads).toBe(before)
    await sampler.close()
  })

  it('are at most 100, and skip to the end when more arrive', async () => {
    const { clock, storage, sampler } = await watching()
    const end = sampler.watchEvents()
    await until(() => clock.sleeping === 2)
    for (let i = 0; i < 30; i++) await append(storage, `s:${i}`, [1, 2, 3, 4, 5])
    clock.advance(1_000)
    await until(() => sampler.recentEvents().length === 100 && clock.sleeping === 2)
    clock.advance(1_000)
    await until(() => clock.sleeping === 2)
    await append(storage, 's:last', [1])
    clock.advance(1_000)
    await until(() => sampler.recentEvents()[0]?.streamId === 's:last')
    expect(sampler.recentEvents()).toHaveLength(100)
    end()
    await sampler.close()
  })

  it('go on after the feed has failed', async () => {
    let isDown = true
    const { clock, storage, sampler } = await watching((storage) => ({
      feed: {
        ...storage.feed,
        read: async (...read) => {
          if (isDown) throw new Error('down')
          return storage.feed.read(...read)
        },
      },
    }))
    sampler.watchEvents()
    await until(() => clock.sleeping === 2)
    isDown = false
    clock.advance(1_000)
    await until(() => clock.sleeping === 2)
    await append(storage, 's:1', [1])
    clock.advance(1_000)
    await until(() => sampler.recentEvents().length === 1)
    await sampler.close()
  })
})
