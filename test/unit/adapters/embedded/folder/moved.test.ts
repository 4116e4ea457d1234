import { spawnSync } from 'node:child_process'
import { copyFileSync, mkdirSync, readFileSync, renameSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import type { Worker } from 'node:worker_threads'
import { describe, expect, it, type TestContext } from 'vitest'
import { type EmbeddedPort, openEmbeddedPort } from '../../../../../src/adapters/embedded/index.ts'
import { someEvents } from '../../../../support/embedded/events.ts'
import { open, tempFolder } from '../../../../support/embedded/folders.ts'
import { mountDisk } from '../../../../support/embedded/mounts.ts'

const APPEND = fileURLToPath(new URL('../../../../support/embedded/append.ts', import.meta.url))
const KILLED = fileURLToPath(new URL('../../../../support/embedded/killed.ts', import.meta.url))

const MOVED = { code: 'StorageMoved' }

/** A write to each of the two files. */
const writes = {
  'events.db': (storage: EmbeddedPort): Promise<unknown> =>
    storage.events.append('a:1', someEvents(1), { expectedVersion: 'any' }),
  'views.db': (storage: EmbeddedPort): Promise<unknown> =>
    storage.snapshots.save({ id: 'a:1', version: 1, state: 1, definition: '', incarnation: '', takenAt: '' }),
} as const

type FileName = keyof typeof writes

/** Ways in which files are lost from under an open storage; each answers how it is undone, where it can be. */
const losses: Record<string, (folder: string, file: FileName) => (() => void) | undefined> = {
  'the folder is removed': (folder) => void rmSync(folder, { recursive: true }),
  'the folder is moved': (folder) => {
    renameSync(folder, `${folder}-moved`)
    return () => renameSync(`${folder}-moved`, folder)
  },
  'the file is removed': (folder, file) => void rmSync(join(folder, file)),
  'the file is replaced by a copy of itself': (folder, file) => {
    copyFileSync(join(folder, file), join(folder, 'copy'))
    renameSync(join(folder, file), join(folder, 'old'))
    renameSync(join(folder, 'copy'), join(folder, file))
    return () => renameSync(join(folder, 'old'), join(folder, file))
  },
  'the write-ahead log is removed': (folder, file) => void rmSync(join(folder, `${file}-wal`)),
  'the write-ahead log is moved': (folder, file) => {
    renameSync(join(folder, `${file}-wal`), join(folder, 'old'))
    return () => renameSync(join(folder, 'old'), join(folder, `${file}-wal`))
  },
}

/** A storage in a folder of its own below a temp folder, with a write to each file. */
async function written(folder = join(tempFolder(), 'data')): Promise<{ folder: string; storage: EmbeddedPort }> {
  const storage = await open(folder)
  for (const write of Object.values(writes)) await write(storage)
  return { folder, storage }
}

for (const file of ['events.db', 'views.db'] as const) {
  describe(`a write to ${file}`, () => {
    for (const [what, lose] of Object.entries(losses)) {
      it(`is refused when ${what}, also when it comes back, until the storage is opened again`, async () => {
        const { folder, storage } = await written()
        const undo = lose(folder, file)
        await expect(writes[file](storage)).rejects.toMatchObject(MOVED)
        undo?.()
        await expect(writes[file](storage)).rejects.toMatchObject({ ...MOVED, path: join(folder, file) })
        await storage.close()
        if (undo === undefined) return
        const again = await open(folder)
        expect((await again.events.load('a:1')).version).toBeGreaterThan(0)
        await writes[file](again)
      })
    }

    it('is refused when something is mounted over the folder', async (context) => {
      const { folder, storage } = await written()
      {
        using _ = mounted(context, folder)
        await expect(writes[file](storage)).rejects.toMatchObject(MOVED)
      }
      await expect(writes[file](storage)).rejects.toMatchObject(MOVED)
      await storage.close()
      await writes[file](await open(folder))
    })
  })
}

function mounted(context: TestContext, folder: string): Disposable {
  const disk = mountDisk(folder, '1m')
  if (typeof disk !== 'string') return disk
  console.warn(`\nNOT TESTED, since no disk can be mounted here: ${context.task.name} (${disk})\n`)
  return context.skip(`no disk can be mounted here: ${disk}`)
}

describe('a storage whose files were moved', () => {
  it('is read no more, wakes those who wait, and does not answer', async () => {
    const { folder, storage } = await written()
    const parts = [storage.feed, storage.viewStore]
    // What was written before would wake them at once.
    await Promise.all(parts.map((part) => part.changed(AbortSignal.timeout(50))))
    const woken = Promise.all(parts.map((part) => part.changed(new AbortController().signal)))
    renameSync(folder, `${folder}-moved`)
    await woken
    const range = { min: '', max: 'FF' }
    const ref = { projection: 'p', version: 1, key: 'k' }
    for (const read of [
      () => storage.events.load('a:1'),
      () => storage.events.read('a:1')[Symbol.asyncIterator]().next(),
      () => storage.events.query({})[Symbol.asyncIterator]().next(),
      () => storage.feed.read(range, 'start'),
      () => storage.viewStore.get(ref),
      () => storage.viewStore.query(ref),
      () => storage.leases.list(),
      () => storage.snapshots.get('a:1'),
      () => storage.feed.changed(new AbortController().signal),
      () => storage.backup(`${folder}-backup`),
      () => storage.ping(),
      ...Object.values(writes).map((write) => () => write(storage)),
    ]) {
      await expect(read(), read.toString()).rejects.toMatchObject(MOVED)
    }
  })

  it('is read no more within a moment, although nobody writes or waits', async () => {
    const { folder, storage } = await written()
    renameSync(folder, `${folder}-moved`)
    await sleep(150)
    await expect(storage.events.load('a:1')).rejects.toMatchObject(MOVED)
  })

  it('tells at once when it is asked whether it answers', async () => {
    const { folder, storage } = await written()
    rmSync(join(folder, 'views.db-wal'))
    await expect(storage.ping()).rejects.toMatchObject(MOVED)
  })

  it('gets no new file from a writer thread that is started anew', async () => {
    const threads: Worker[] = []
    const keep = (worker: Worker) => threads.push(worker)
    process.on('worker', keep)
    const { folder, storage } = await written()
    process.off('worker', keep)
    renameSync(folder, `${folder}-moved`)
    mkdirSync(folder)
    for (const thread of threads) await thread.terminate()
    for (const [file, write] of Object.entries(writes)) {
      await expect(write(storage), file).rejects.toMatchObject(MOVED)
    }
    const other = await openEmbeddedPort(folder)
    expect((await other.events.load('a:1')).version).toBe(0)
    await other.close()
  })

  it('leaves alone what another process has made in its place', async () => {
    const { folder, storage } = await written()
    rmSync(folder, { recursive: true })
    const other = await open(folder)
    await other.events.append('b:1', someEvents(3), { expectedVersion: 0 })
    await expect(writes['events.db'](storage)).rejects.toMatchObject(MOVED)
    await storage.close()
    await other.events.append('b:1', someEvents(1), { expectedVersion: 3 })
    await other.close()
    expect((await (await open(folder)).events.load('b:1')).version).toBe(4)
  })
})

describe('the index of a write-ahead log', () => {
  it('is missed within a moment when it is removed, since others would make one of their own', async () => {
    const { folder, storage } = await written()
    rmSync(join(folder, 'events.db-shm'))
    await sleep(150)
    await expect(storage.events.load('a:1')).rejects.toMatchObject(MOVED)
    await expect(writes['events.db'](storage)).rejects.toMatchObject(MOVED)
  })
})

describe('a write-ahead log that another program removed', () => {
  // This process loses its locks, since closing a file drops all that it has on it. So an older SQLite in another process
  // takes itself for the last one that has the file open, writes the log back, and removes it.
  const closeAsTheLast = (path: string) => {
    const other = new DatabaseSync(path)
    other.exec('PRAGMA wal_checkpoint')
    other.close()
    for (const suffix of ['-wal', '-shm']) rmSync(`${path}${suffix}`)
    readFileSync(path)
  }

  const inAnotherProcess = (script: string, folder: string) =>
    spawnSync(process.execPath, [script, folder], { encoding: 'utf8' }).stdout

  it('lets no append be acknowledged that others do not see, and theirs is not lost', async () => {
    const { folder, storage } = await written()
    closeAsTheLast(join(folder, 'events.db'))
    await expect(writes['events.db'](storage)).rejects.toMatchObject(MOVED)
    expect(inAnotherProcess(APPEND, folder)).toBe('3')
    await expect(openEmbeddedPort(folder)).rejects.toMatchObject(MOVED)
    await storage.close()
    expect((await (await open(folder)).events.load('a:1')).version).toBe(3)
  })

  it('is not removed once more, with what a process that was killed has left in the next one', async () => {
    const { folder, storage } = await written()
    closeAsTheLast(join(folder, 'events.db'))
    expect(inAnotherProcess(KILLED, folder)).toBe('3')
    await storage.close()
    // Only another process can open it now.
    await expect(openEmbeddedPort(folder)).rejects.toMatchObject(MOVED)
    expect(inAnotherProcess(APPEND, folder)).toBe('5')
  })
})
