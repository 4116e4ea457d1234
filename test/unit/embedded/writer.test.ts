import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import type { Worker } from 'node:worker_threads'
import { describe, expect, it } from 'vitest'
import { someEvents } from '../../support/embedded/events.ts'
import { open, tempFolder } from '../../support/embedded/folders.ts'

const append = { expectedVersion: 'any' } as const
const SCRIPT = fileURLToPath(new URL('../../support/embedded/unclosed.ts', import.meta.url))

describe('the writer thread', () => {
  it('is started anew when it dies, and who waited for it is told', async () => {
    const threads: Worker[] = []
    const keep = (worker: Worker) => threads.push(worker)
    process.on('worker', keep)
    const storage = await open()
    process.off('worker', keep)
    await storage.events.append('a:1', someEvents(1), append)
    const [thread] = threads
    const lost = Promise.allSettled([1, 2, 3].map(() => storage.events.append('a:1', someEvents(1), append)))
    await Promise.resolve()
    await thread?.terminate()
    const outcomes = await lost
    for (const outcome of outcomes) {
      if (outcome.status === 'rejected') expect(outcome.reason).toMatchObject({ code: 'StorageUnavailable' })
    }
    const { version } = await storage.events.append('a:1', someEvents(1), append)
    const { events } = await storage.events.load('a:1')
    expect(events).toHaveLength(version)
    // All three were one batch: it was committed or not.
    expect([2, 5]).toContain(version)
  })

  it('writes what was submitted before the storage was closed, and nothing after', async () => {
    const folder = tempFolder()
    const storage = await open(folder)
    const appends = Array.from({ length: 3000 }, (_, i) => storage.events.append(`a:${i % 7}`, someEvents(1), append))
    const closed = storage.close()
    await expect(storage.events.append('a:1', someEvents(1), append)).rejects.toMatchObject({ code: 'StorageClosed' })
    await expect(storage.events.load('a:1')).rejects.toMatchObject({ code: 'StorageClosed' })
    await closed
    await storage.close()
    const results = await Promise.all(appends)
    expect(results).toHaveLength(3000)
    const again = await open(folder)
    const versions = await Promise.all(
      [0, 1, 2, 3, 4, 5, 6].map(async (i) => (await again.events.load(`a:${i}`)).version),
    )
    expect(versions.reduce((sum, version) => sum + version)).toBe(3000)
  })

  it('lets the process end when the storage was not closed', async () => {
    const { stdout } = await promisify(execFile)(process.execPath, [SCRIPT, tempFolder()], { timeout: 20_000 })
    expect(stdout).toBe('appended 1\nwoken\n')
  })
})
