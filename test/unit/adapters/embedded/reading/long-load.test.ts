import { describe, expect, it } from 'vitest'
import type { EmbeddedPort } from '../../../../../src/adapters/embedded/index.ts'
import { uuidV7 } from '../../../../../src/core/append/uuid.ts'
import { someEvents } from '../../../../support/embedded/events.ts'
import { open } from '../../../../support/embedded/folders.ts'

const LONG = 40_000

async function longStream(): Promise<EmbeddedPort> {
  const storage = await open()
  for (let at = 0; at < LONG; at += 1000) {
    await storage.events.append('a:1', someEvents(1000), { expectedVersion: at })
  }
  return storage
}

describe('a load of a long stream', () => {
  it.each(['forwards', 'backwards'] as const)(
    'lets others append meanwhile, and leaves that out: %s',
    async (direction) => {
      const storage = await longStream()
      let [running, meanwhile] = [true, 0]
      const appending = (async () => {
        for (; running; meanwhile++) await storage.events.append('a:1', someEvents(1), { expectedVersion: 'any' })
      })()
      const { events, version } = await storage.events.load('a:1', { direction })
      const appended = meanwhile
      running = false
      await appending
      // Some may have been appended before the load began.
      expect(version).toBeGreaterThanOrEqual(LONG)
      expect(version).toBeLessThan(LONG + appended)
      const versions = events.map(({ stream }) => stream.version)
      const expected = Array.from({ length: version }, (_, i) => i + 1)
      expect(versions).toEqual(direction === 'forwards' ? expected : expected.reverse())
    },
  )

  it('is StreamDeleted when the stream is deleted meanwhile', async () => {
    const storage = await longStream()
    const loading = storage.events.load('a:1')
    const marker = { metadata: { eventId: uuidV7() } }
    const [loaded] = await Promise.allSettled([
      loading,
      storage.events.tombstone('a:1', marker, { expectedVersion: LONG }).then(() => storage.events.erase('a:1')),
    ])
    expect(loaded).toMatchObject({ status: 'rejected', reason: { code: 'StreamDeleted' } })
  })

  it('heeds an abort between pages', async () => {
    const storage = await longStream()
    const controller = new AbortController()
    const loading = storage.events.load('a:1', { signal: controller.signal })
    setImmediate(() => controller.abort(new Error('enough')))
    await expect(loading).rejects.toThrow('enough')
  })
})
