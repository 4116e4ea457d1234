import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import type { Worker } from 'node:worker_threads'
import { describe, expect, it } from 'vitest'
import { someEvents } from '../../../../support/embedded/events.ts'
import { open, tempFolder } from '../../../../support/embedded/folders.ts'

const append = { expectedVersion: 'any' } as const
const UNCLOSED = fileURLToPath(new URL('../../../../support/embedded/unclosed.ts', import.meta.url))
const APPEND = fileURLToPath(new URL('../../../../support/embedded/append.ts', import.meta.url))
const OUT_OF_FILES = fileURLToPath(new URL('../../../../support/embedded/out-of-files.ts', import.meta.url))

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

  it('leaves nobody waiting when it dies while more wait than a batch takes', async () => {
    const threads: Worker[] = []
    const keep = (worker: Worker) => threads.push(worker)
    process.on('worker', keep)
    const storage = await open()
    process.off('worker', keep)
    const appends = Array.from({ length: 5000 }, (_, i) => storage.events.append(`a:${i % 100}`, someEvents(1), append))
    const outcomes = Promise.allSettled(appends)
    await appends[0]
    await threads[0]?.terminate()
    const acknowledged = (await outcomes).filter(({ status }) => status === 'fulfilled').length
    const versions = await Promise.all(
      Array.from({ length: 100 }, async (_, i) => (await storage.events.load(`a:${i}`)).version),
    )
    const written = versions.reduce((sum, version) => sum + version)
    // One batch may have been written without anybody being told.
    expect(written).toBeGreaterThanOrEqual(acknowledged)
    expect(written - acknowledged).toBeLessThanOrEqual(1024)
  })

  it('refuses what it cannot write as fast as it comes, and writes the rest', async () => {
    const folder = tempFolder()
    const storage = await open(folder, { busyTimeout: 30_000 })
    const other = new DatabaseSync(join(folder, 'views.db'))
    other.exec('BEGIN IMMEDIATE')
    const removals = Array.from({ length: 110_000 }, () => storage.leases.remove('none', '1'))
    const outcomes = Promise.allSettled(removals)
    await expect(storage.leases.remove('none', '1')).rejects.toMatchObject({ code: 'StorageBusy' })
    other.exec('ROLLBACK')
    other.close()
    const refused = (await outcomes).filter((outcome) => outcome.status === 'rejected')
    for (const { reason } of refused) expect(reason).toMatchObject({ code: 'StorageBusy' })
    expect(refused.length).toBeGreaterThanOrEqual(110_000 - 100_000 - 1024)
    expect(refused.length).toBeLessThanOrEqual(110_000 - 100_000)
    expect(await storage.leases.remove('none', '1')).toBe(false)
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

  it('says why it cannot start, and no answer reaches another append', async () => {
    const command = 'ulimit -n 64 && exec "$0" "$1" "$2"'
    const { stdout } = await promisify(execFile)('sh', ['-c', command, process.execPath, OUT_OF_FILES, tempFolder()], {
      timeout: 30_000,
    })
    expect(JSON.parse(stdout)).toEqual(['StorageUnavailable with EMFILE'])
  }, 40_000)

  it('is stopped by closing, also where nothing else keeps the process alive', async () => {
    const { stdout } = await promisify(execFile)(process.execPath, [APPEND, tempFolder()], { timeout: 20_000 })
    expect(stdout).toBe('2')
  })

  it('lets the process end when the storage was not closed', async () => {
    const { stdout } = await promisify(execFile)(process.execPath, [UNCLOSED, tempFolder()], { timeout: 20_000 })
    expect(stdout).toBe('appended 1\nwoken\n')
  })
})
