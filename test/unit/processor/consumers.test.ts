import { expect, it } from 'vitest'
import type { FeedConsumer } from '../../../src/core/feed/consumer.ts'
import { startProcessor } from '../../../src/processor/processor.ts'
import { openMemory } from '../../../src/testing/memory/index.ts'

it('a processor that cannot start one of its consumers ends those that it started', async () => {
  await using port = openMemory()
  const ended: boolean[] = []
  const consumer = (name: string, startConsuming: FeedConsumer['startConsuming']): FeedConsumer => ({
    name,
    version: 1,
    startConsuming,
  })
  const good = consumer('$good', async ({ signal }) => {
    return { consume: async () => {}, end: async () => void ended.push(signal.aborted) } as never
  })
  const bad = consumer('$bad', async () => {
    throw new Error('no key')
  })
  await expect(startProcessor(port, [good, bad])).rejects.toThrow('no key')
  expect(ended, 'after it was told to stop').toEqual([true])
})
