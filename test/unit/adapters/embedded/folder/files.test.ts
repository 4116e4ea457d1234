import { once } from 'node:events'
import { mkdirSync, readdirSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { Worker } from 'node:worker_threads'
import { describe, expect, it } from 'vitest'
import { openEmbeddedPort } from '../../../../../src/adapters/embedded/index.ts'
import { someEvents } from '../../../../support/embedded/events.ts'
import { open, tempFolder } from '../../../../support/embedded/folders.ts'

const OPENER = new URL('../../../../support/embedded/opener.ts', import.meta.url)

async function written(): Promise<string> {
  const folder = tempFolder()
  const port = await open(folder)
  for (let i = 0; i < 50; i++) await port.events.append(`a:${i}`, someEvents(20), { expectedVersion: 'any' })
  await port.close()
  return folder
}

function withDatabase<T>(path: string, work: (database: DatabaseSync) => T): T {
  const database = new DatabaseSync(path)
  try {
    return work(database)
  } finally {
    database.close()
  }
}

describe('the files of a folder', () => {
  it('bear their marks, their schema version and write-ahead logs', async () => {
    const folder = await written()
    for (const [name, mark, version] of [
      ['events.db', 0x54444d45, 1],
      ['views.db', 0x54444d56, 2],
    ] as const) {
      withDatabase(join(folder, name), (database) => {
        expect(database.prepare('PRAGMA application_id').get()).toEqual({ application_id: mark })
        expect(database.prepare('PRAGMA user_version').get()).toEqual({ user_version: version })
        expect(database.prepare('PRAGMA journal_mode').get()).toEqual({ journal_mode: 'wal' })
      })
    }
  })

  it('show the log to people with a shell', async () => {
    const folder = await written()
    const row = withDatabase(join(folder, 'events.db'), (database) =>
      database.prepare(`SELECT * FROM log WHERE stream = 'a:7' AND version = 3`).get(),
    )
    expect(row).toMatchObject({ slot: 0, lsn: 143, stream: 'a:7', version: 3, type: 'Counted', data: '{"number":3}' })
    expect(row?.recorded_at).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/)
  })

  it('are alone in the folder after closing', async () => {
    expect(readdirSync(await written()).sort()).toEqual(['events.db', 'views.db'])
  })

  it('are made once when many open a new folder at the same time', async () => {
    const folder = join(tempFolder(), 'new', 'folder')
    const ports = await Promise.all(Array.from({ length: 8 }, () => open(folder, { ranges: 3 })))
    expect(new Set(ports.map(({ incarnation }) => incarnation)).size).toBe(1)
  })

  it('are made once when several threads open new folders at the same moments', async () => {
    const [threads, root] = [4, tempFolder()]
    const folders = Array.from({ length: 8 }, (_, i) => join(root, `${i}`))
    const gate = new Int32Array(new SharedArrayBuffer(4 * folders.length))
    const opened = Array.from({ length: threads }, async () => {
      const worker = new Worker(OPENER, { workerData: { folders, gate, threads } })
      // Both may come at once on a busy machine: who waits for the second one afterwards waits for ever.
      const [[wrong]] = await Promise.all([once(worker, 'message'), once(worker, 'exit')])
      return wrong
    })
    expect((await Promise.all(opened)).flat()).toEqual([])
  }, 60_000)

  it('keep the number of feed ranges that they were made with', async () => {
    const folder = tempFolder()
    await (await open(folder, { ranges: 4 })).close()
    const again = await open(folder)
    expect(await again.feed.ranges()).toHaveLength(4)
    const other = openEmbeddedPort(folder, { ranges: 2 })
    await expect(other).rejects.toMatchObject({ code: 'InvalidConfiguration', setting: 'ranges' })
    await expect(other).rejects.toThrow(/created with 4 feed ranges, not 2/)
  })

  it('have four feed ranges unless another number is given', async () => {
    const folder = tempFolder()
    await using storage = await openEmbeddedPort(folder)
    expect(await storage.feed.ranges()).toHaveLength(4)
  })

  it.each([0, -1, 1.5, 257, Number.NaN])('cannot have %s feed ranges', async (ranges) => {
    await expect(openEmbeddedPort(tempFolder(), { ranges })).rejects.toMatchObject({ code: 'InvalidConfiguration' })
  })
})

describe('what stands in the folder already', () => {
  it('is ForeignStorage when it is another database, which is left as it is', async () => {
    const folder = tempFolder()
    const path = join(folder, 'events.db')
    withDatabase(path, (database) => database.exec('CREATE TABLE customers (name TEXT)'))
    await expect(openEmbeddedPort(folder)).rejects.toMatchObject({ code: 'ForeignStorage' })
    withDatabase(path, (database) => {
      expect(database.prepare('SELECT name FROM sqlite_schema').all()).toEqual([{ name: 'customers' }])
      expect(database.prepare('PRAGMA journal_mode').get()).toEqual({ journal_mode: 'delete' })
    })
  })

  it('is ForeignStorage when it is no database', async () => {
    const folder = tempFolder()
    writeFileSync(join(folder, 'events.db'), 'some text of somebody else, '.repeat(100))
    await expect(openEmbeddedPort(folder)).rejects.toMatchObject({ code: 'ForeignStorage' })
  })

  it('is ForeignStorage when the folder is a file', async () => {
    const path = join(tempFolder(), 'file')
    writeFileSync(path, '')
    await expect(openEmbeddedPort(path)).rejects.toMatchObject({ code: 'ForeignStorage' })
    await expect(openEmbeddedPort(join(path, 'below'))).rejects.toMatchObject({ code: 'ForeignStorage' })
  })

  it('is ForeignStorage when the two files change places', async () => {
    const folder = await written()
    const other = tempFolder()
    mkdirSync(join(other, 'x'))
    withDatabase(join(folder, 'views.db'), (database) =>
      database.exec(`VACUUM INTO '${join(other, 'x', 'events.db')}'`),
    )
    await expect(openEmbeddedPort(join(other, 'x'))).rejects.toMatchObject({ code: 'ForeignStorage' })
  })

  it('is StorageTooNew when a newer Tidemark wrote it', async () => {
    const folder = await written()
    withDatabase(join(folder, 'views.db'), (database) => database.exec('PRAGMA user_version = 7'))
    await expect(openEmbeddedPort(folder)).rejects.toMatchObject({ code: 'StorageTooNew', stored: 7, known: 2 })
  })

  it('is StorageCorrupt when it was cut', async () => {
    const folder = await written()
    truncateSync(join(folder, 'events.db'), 20_000)
    await expect(openEmbeddedPort(folder)).rejects.toMatchObject({ code: 'StorageCorrupt' })
  })

  it('is StorageCorrupt when its header was overwritten', async () => {
    const folder = await written()
    const { openSync, writeSync, closeSync } = await import('node:fs')
    const file = openSync(join(folder, 'events.db'), 'r+')
    writeSync(file, Buffer.alloc(16, 0xaa), 0, 16, 0)
    closeSync(file)
    await expect(openEmbeddedPort(folder)).rejects.toMatchObject({ code: 'StorageCorrupt' })
  })

  it('is StorageCorrupt when a part of it was overwritten, whoever meets it', async () => {
    const folder = await written()
    const { openSync, writeSync, closeSync, statSync } = await import('node:fs')
    const path = join(folder, 'events.db')
    const file = openSync(path, 'r+')
    const size = statSync(path).size
    // All but the first page, which holds the schema, and what says the ranges.
    const page = 4096
    const keep = withDatabase(path, (database) =>
      Number(database.prepare(`SELECT rootpage FROM sqlite_schema WHERE name = 'storage'`).get()?.rootpage),
    )
    for (let at = page; at < size; at += page) {
      if (at !== (keep - 1) * page) writeSync(file, Buffer.alloc(page, 0xaa), 0, page, at)
    }
    closeSync(file)
    const port = await open(folder)
    await expect(port.events.load('a:1')).rejects.toMatchObject({ code: 'StorageCorrupt' })
    await expect(port.events.append('a:1', someEvents(1), { expectedVersion: 'any' })).rejects.toMatchObject({
      code: 'StorageCorrupt',
    })
  })

  it('is StorageCorrupt when the log is gone and what was derived from it is there', async () => {
    const folder = await written()
    rmSync(join(folder, 'events.db'))
    await expect(openEmbeddedPort(folder)).rejects.toMatchObject({ code: 'StorageCorrupt' })
    await expect(openEmbeddedPort(folder)).rejects.toMatchObject({ code: 'StorageCorrupt' })
  })

  it('is good enough when only what was derived is gone', async () => {
    const folder = await written()
    rmSync(join(folder, 'views.db'))
    const port = await open(folder)
    expect((await port.events.load('a:1')).version).toBe(20)
  })
})
