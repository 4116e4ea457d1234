import { rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { describe, expect, it, type TestContext } from 'vitest'
import { openEmbeddedPort } from '../../../../../src/adapters/embedded/index.ts'
import { someEvents } from '../../../../support/embedded/events.ts'
import { open, tempFolder } from '../../../../support/embedded/folders.ts'
import { mountDisk } from '../../../../support/embedded/mounts.ts'

function disk(context: TestContext, folder: string, size: string): Exclude<ReturnType<typeof mountDisk>, string> {
  const mounted = mountDisk(folder, size)
  if (typeof mounted !== 'string') return mounted
  console.warn(`\nNOT TESTED, since no disk can be mounted here: ${context.task.name} (${mounted})\n`)
  return context.skip(`no disk can be mounted here: ${mounted}`)
}

const append = { expectedVersion: 'any' } as const

describe('a full disk', () => {
  it('is StorageFull, loses nothing that was acknowledged, and goes on when there is room', async (context) => {
    const folder = tempFolder()
    using _ = disk(context, folder, '3m')
    const ballast = join(folder, 'ballast')
    writeFileSync(ballast, Buffer.alloc(1_000_000))
    const storage = await openEmbeddedPort(join(folder, 'data'))
    try {
      const acknowledged: number[] = []
      const failures: unknown[] = []
      while (failures.length === 0) {
        const big = { text: 'x'.repeat(5000) }
        const appends = Array.from({ length: 8 }, () => storage.events.append('a:1', someEvents(2, big), append))
        for (const outcome of await Promise.allSettled(appends)) {
          if (outcome.status === 'fulfilled') acknowledged.push(outcome.value.version)
          else failures.push(outcome.reason)
        }
      }
      expect(acknowledged.length).toBeGreaterThan(0)
      for (const failure of failures) expect(failure).toMatchObject({ code: 'StorageFull' })
      const view = { id: 'p:1:k', projection: 'p', version: 1, key: 'k', incarnation: '', tidemarks: [] }
      const saved = storage.viewStore.save({ ...view, data: { text: 'x'.repeat(1_000_000) } }, 'ifAbsent')
      await expect(saved).rejects.toMatchObject({ code: 'StorageFull' })
      expect((await storage.events.load('a:1')).version).toBe(Math.max(...acknowledged))

      rmSync(ballast)
      const { version } = await storage.events.append('a:1', someEvents(2), append)
      expect(version).toBe(Math.max(...acknowledged) + 2)
      expect((await storage.events.load('a:1')).events).toHaveLength(version)
    } finally {
      await storage.close()
    }
  })

  it('is StorageFull when a storage is made on it, and a backup leaves nothing behind', async (context) => {
    const folder = tempFolder()
    using _ = disk(context, folder, '256k')
    writeFileSync(join(folder, 'ballast'), Buffer.alloc(240_000))
    await expect(openEmbeddedPort(join(folder, 'data'))).rejects.toMatchObject({ code: 'StorageFull' })
    const storage = await open()
    await storage.events.append('a:1', someEvents(100, { text: 'x'.repeat(1000) }), append)
    await expect(storage.backup(join(folder, 'copy'))).rejects.toMatchObject({ code: 'StorageFull' })
    const { readdirSync } = await import('node:fs')
    expect(readdirSync(folder).filter((name) => name.includes('copy'))).toEqual([])
  })
})

describe('a disk that cannot be written to', () => {
  it('is StorageReadOnly', async (context) => {
    const folder = tempFolder()
    using mounted = disk(context, folder, '3m')
    const path = join(folder, 'data')
    await (await openEmbeddedPort(path)).close()
    mounted.remount('ro')
    await expect(openEmbeddedPort(path)).rejects.toMatchObject({ code: 'StorageReadOnly' })
    await expect(openEmbeddedPort(join(folder, 'new'))).rejects.toMatchObject({ code: 'StorageReadOnly' })
    const storage = await open()
    await expect(storage.backup(join(folder, 'copy'))).rejects.toMatchObject({ code: 'StorageReadOnly' })
    mounted.remount('rw')
    await (await openEmbeddedPort(path)).close()
  })
})

describe('a file that somebody else holds', () => {
  it('is StorageBusy past the deadline, and written to as soon as it is free', async () => {
    const folder = tempFolder()
    const storage = await open(folder, { busyTimeout: 50 })
    await storage.events.append('a:1', someEvents(1), append)
    const other = new DatabaseSync(join(folder, 'events.db'))
    try {
      other.exec('BEGIN IMMEDIATE')
      const refused = Promise.all([1, 2, 3].map(() => storage.events.append('a:1', someEvents(1), append)))
      await expect(refused).rejects.toMatchObject({ code: 'StorageBusy' })
      expect((await storage.events.load('a:1')).version).toBe(1)
      other.exec('ROLLBACK')
    } finally {
      other.close()
    }
    expect((await storage.events.append('a:1', someEvents(1), append)).version).toBe(2)
  })

  it('is waited for within the deadline', async () => {
    const folder = tempFolder()
    const storage = await open(folder)
    const other = new DatabaseSync(join(folder, 'events.db'))
    try {
      other.exec('BEGIN IMMEDIATE')
      const appended = storage.events.append('a:1', someEvents(1), append)
      await new Promise((resolve) => setTimeout(resolve, 100))
      other.exec('ROLLBACK')
      expect((await appended).version).toBe(1)
    } finally {
      other.close()
    }
  })

  it('is StorageBusy when it cannot be made', async () => {
    const folder = tempFolder()
    const other = new DatabaseSync(join(folder, 'events.db'))
    try {
      other.exec('BEGIN EXCLUSIVE')
      await expect(openEmbeddedPort(folder, { busyTimeout: 50 })).rejects.toMatchObject({ code: 'StorageBusy' })
    } finally {
      other.close()
    }
  })
})

describe('the write-ahead log', () => {
  it('does not grow without bound while somebody always reads', async () => {
    const { statSync } = await import('node:fs')
    const folder = tempFolder()
    const storage = await open(folder)
    const readers = [new DatabaseSync(join(folder, 'events.db')), new DatabaseSync(join(folder, 'events.db'))]
    try {
      // Each reader lets go only after the other one has begun, so at no moment does nobody read.
      let turns = 0
      const reading = setInterval(() => {
        const [next, last] = turns++ % 2 === 0 ? readers : readers.toReversed()
        next?.exec('BEGIN')
        next?.prepare('SELECT max(pos) FROM events').get()
        if (turns > 1) last?.exec('COMMIT')
      }, 10)
      let largest = 0
      const big = { text: 'x'.repeat(60_000) }
      for (let i = 0; i < 80; i++) {
        await storage.events.append('a:1', someEvents(50, big), append)
        largest = Math.max(largest, statSync(join(folder, 'events.db-wal')).size)
      }
      clearInterval(reading)
      expect(turns).toBeGreaterThan(10)
      // 240 MB were written.
      expect(largest).toBeLessThan(120_000_000)
    } finally {
      for (const reader of readers) reader.close()
    }
  })
})
