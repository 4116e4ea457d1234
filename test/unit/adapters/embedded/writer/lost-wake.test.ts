import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { ChangeWatch } from '../../../../../src/adapters/embedded/sqlite/change-watch.ts'
import { Database } from '../../../../../src/adapters/embedded/sqlite/database.ts'

it('who waits for a change is woken when somebody else is the first to see it', { timeout: 5000 }, async () => {
  const folder = await mkdtemp(join(tmpdir(), 'tidemark-lost-wake-'))
  const path = join(folder, 'any.db')
  const writer = new Database(path, 1000)
  writer.connection.exec('PRAGMA journal_mode = WAL; CREATE TABLE t (n INTEGER)')
  const reader = new Database(path, 1000)
  const watch = new ChangeWatch(reader)
  const end = new AbortController()
  try {
    const first = watch.changed(end.signal).then(() => 'woken')
    writer.connection.exec('INSERT INTO t VALUES (1)')
    // In the same turn, before the watch or the poll could look.
    await watch.changed(end.signal)
    expect(await Promise.race([first, new Promise((resolve) => setTimeout(() => resolve('asleep'), 1000))])).toBe(
      'woken',
    )
  } finally {
    end.abort()
    watch.close()
    reader.close()
    writer.close()
    await rm(folder, { recursive: true })
  }
})

it('who waits for a change is woken when looking for one fails, to meet the failure itself', {
  timeout: 5000,
}, async () => {
  const folder = await mkdtemp(join(tmpdir(), 'tidemark-lost-wake-'))
  const reader = new Database(join(folder, 'any.db'), 1000)
  const watch = new ChangeWatch(reader)
  const end = new AbortController()
  try {
    const woken = watch.changed(end.signal).then(() => 'woken')
    reader.close()
    watch.look()
    expect(await Promise.race([woken, new Promise((resolve) => setTimeout(() => resolve('asleep'), 50))])).toBe('woken')
  } finally {
    end.abort()
    watch.close()
    await rm(folder, { recursive: true })
  }
})
