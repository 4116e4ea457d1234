import { fork } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import type { Readable } from 'node:stream'
import { text as readText } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import type { EmbeddedPort } from '../../../../../src/adapters/embedded/index.ts'
import { uuidV7 } from '../../../../../src/core/append/uuid.ts'
import type { NewEventDocument } from '../../../../../src/core/port/event-document.ts'
import { randomFrom } from '../../../../../src/core/random.ts'
import { open, tempFolder } from '../../../../support/embedded/folders.ts'
import { findNeedles } from '../../../../support/embedded/needles.ts'

const APPENDER = fileURLToPath(new URL('../../../../support/embedded/steady-appender.ts', import.meta.url))

// What stands in data, in metadata, in ids and in types, of the streams that are erased and of those that are not.
const ERASED = ['erased-data', 'erased-meta', 'erased-salt', 'erased-id', 'ErasedType']
const KEPT = ['kept-data', 'kept-meta', 'kept-salt', 'kept-id', 'KeptType']

const event = (what: 'erased' | 'kept', size: number): NewEventDocument => ({
  eventType: what === 'erased' ? 'ErasedType' : 'KeptType',
  eventData: { text: `${what}-data ${'x'.repeat(size)} ${what}-data` },
  metadata: { eventId: `${what}-id-${uuidV7()}`, note: `${what}-meta`, salt: `${what}-salt` },
})

/** Fills a log in which streams that stay and streams that go lie on the same pages, with small and large events. */
async function fill(storage: EmbeddedPort, streams: number, category = 'a'): Promise<string[]> {
  const random = randomFrom(streams)
  const going: string[] = []
  for (let i = 0; i < streams; i++) {
    const what = i % 3 === 0 ? 'kept' : 'erased'
    if (what === 'erased') going.push(`${category}:${i}`)
    const events = Array.from({ length: 1 + Math.floor(random() * 8) }, () =>
      event(what, random() < 0.1 ? random() * 30_000 : random() * 300),
    )
    for (const one of events) await storage.events.append(`${category}:${i}`, [one], { expectedVersion: 'any' })
  }
  return going
}

async function eraseAll(storage: EmbeddedPort, streamIds: readonly string[]): Promise<void> {
  for (const id of streamIds) {
    await storage.events.tombstone(id, { metadata: { eventId: uuidV7() } }, { expectedVersion: 'any' })
    await storage.events.erase(id)
  }
}

describe('what was erased from the log', () => {
  it('is in no file any more, while the storage stays open and after it was closed', async () => {
    const folder = tempFolder()
    const storage = await open(folder)
    const going = await fill(storage, 60)
    const before = findNeedles(folder, ERASED).map((found) => found.replace(/^.*: /, ''))
    expect(new Set(before)).toEqual(new Set(ERASED))
    await eraseAll(storage, going)
    expect(findNeedles(folder, ERASED)).toEqual([])
    await storage.close()
    expect(findNeedles(folder, ERASED)).toEqual([])
    expect(findNeedles(folder, KEPT)).toEqual(KEPT.map((needle) => `events.db: ${needle}`).sort())
  })

  it('is in no file any more where it was written by a process that had closed', async () => {
    const folder = tempFolder()
    const first = await open(folder)
    const going = await fill(first, 30)
    await first.close()
    const storage = await open(folder)
    await eraseAll(storage, going)
    expect(findNeedles(folder, ERASED)).toEqual([])
  })

  it('is not written back by others that remember the pages', async () => {
    const folder = tempFolder()
    const [storage, other] = [await open(folder, { ranges: 4 }), await open(folder)]
    const going = await fill(storage, 40)
    // Since it writes near all of them, the other one remembers their pages now.
    const writeNearby = () =>
      Promise.all(going.map((id) => other.events.append(`b${id}`, [event('kept', 9)], { expectedVersion: 'any' })))
    await writeNearby()
    await eraseAll(storage, going)
    await writeNearby()
    await storage.close()
    await other.close()
    expect(findNeedles(folder, ERASED)).toEqual([])
  })

  it('is erased while other processes append, and nothing else is touched', async () => {
    const folder = tempFolder()
    const storage = await open(folder, { ranges: 3 })
    const appenders = ['p', 'q'].map((name) =>
      fork(APPENDER, [folder, name], { stdio: ['ignore', 'pipe', 'inherit', 'ipc'] }),
    )
    await Promise.all(appenders.map((appender) => once(appender, 'message')))
    for (let round = 0; round < 4; round++) await eraseAll(storage, await fill(storage, 20, `r${round}`))
    const counts: Record<string, number> = {}
    for (const appender of appenders) {
      const output = readText(appender.stdout as Readable)
      appender.disconnect()
      Object.assign(counts, JSON.parse(await output))
    }
    expect(Object.values(counts).reduce((sum, count) => sum + count, 0)).toBeGreaterThan(50)
    for (const [id, count] of Object.entries(counts)) {
      const { events, version } = await storage.events.load(id)
      expect([version, events.length]).toEqual([count, count])
    }
    await storage.close()
    expect(findNeedles(folder, ERASED)).toEqual([])
    const database = new DatabaseSync(join(folder, 'events.db'))
    expect(database.prepare('PRAGMA integrity_check').all()).toEqual([{ integrity_check: 'ok' }])
    database.close()
  }, 60_000)

  it('is not said to be erased while a reader keeps it in the write-ahead log', async () => {
    const folder = tempFolder()
    const storage = await open(folder, { busyTimeout: 300 })
    const id = 'a:1'
    await storage.events.append(id, [event('erased', 10)], { expectedVersion: 0 })
    const reader = new DatabaseSync(join(folder, 'events.db'))
    try {
      reader.exec('BEGIN')
      reader.prepare('SELECT count(*) FROM events').get()
      await storage.events.tombstone(id, { metadata: { eventId: uuidV7() } }, { expectedVersion: 1 })
      await expect(storage.events.erase(id)).rejects.toMatchObject({ code: 'StorageBusy' })
      // Others go on writing meanwhile.
      await storage.events.append('a:2', [event('kept', 10)], { expectedVersion: 0 })
      reader.exec('COMMIT')
    } finally {
      reader.close()
    }
    expect(await storage.events.erase(id)).toEqual({ done: true })
    expect(findNeedles(folder, ERASED)).toEqual([])
  })
})

describe('what was removed from what is derived', () => {
  const text = (what: string) => `${what} ${'x'.repeat(6000)} ${what}`
  const view = (version: number, key: string, what: string) => ({
    ...{ id: `p:${version}:${key}`, projection: 'p', version, key, incarnation: '', tidemarks: [] },
    data: { text: text(what) },
  })

  it('is in no file any more: the views of a version that was dropped', async () => {
    const folder = tempFolder()
    const storage = await open(folder)
    for (let i = 0; i < 600; i++) {
      await Promise.all(
        [1, 2].map((v) => storage.viewStore.save(view(v, `${i}`, v === 1 ? 'removed-text' : 'kept-text'), 'ifAbsent')),
      )
    }
    expect(findNeedles(folder, ['removed-text'])).not.toEqual([])
    await storage.viewStore.drop('p', 1)
    expect(findNeedles(folder, ['removed-text'])).toEqual([])
    await storage.close()
    expect(findNeedles(folder, ['removed-text', 'kept-text'])).toEqual(['views.db: kept-text'])
  })

  it('is in no file any more: a view that was removed, once the views were scrubbed', async () => {
    const folder = tempFolder()
    const storage = await open(folder)
    await storage.viewStore.save(view(1, 'kept', 'kept-text'), 'ifAbsent')
    const saved = await storage.viewStore.save(view(1, 'k', 'removed-text'), 'ifAbsent')
    const etag = saved.saved ? saved.etag : ''
    await storage.viewStore.remove({ projection: 'p', version: 1, key: 'k' }, etag)
    await storage.viewStore.scrub?.()
    expect(findNeedles(folder, ['removed-text', 'kept-text'])).toEqual(['views.db: kept-text'])
  })

  it('is in no file any more: a snapshot', async () => {
    const folder = tempFolder()
    const storage = await open(folder)
    for (const id of ['a:1', 'a:2', 'a:3']) {
      const state = text(id === 'a:2' ? 'removed-text' : 'kept-text')
      await storage.snapshots.save({ id, version: 1, state, definition: '', incarnation: '', takenAt: '' })
    }
    await storage.snapshots.remove('a:2')
    expect(findNeedles(folder, ['removed-text'])).toEqual([])
    expect(await storage.snapshots.get('a:3')).toBeDefined()
  })

  it('is in no file any more after closing: what a view or a snapshot held before it was replaced', async () => {
    const folder = tempFolder()
    const storage = await open(folder)
    const saved = await storage.viewStore.save(view(1, 'k', 'removed-text'), 'ifAbsent')
    await storage.viewStore.save({ ...view(1, 'k', ''), data: null }, { ifMatch: saved.saved ? saved.etag : '' })
    for (const state of [text('removed-text'), 'now']) {
      await storage.snapshots.save({ id: 'a:1', version: 1, state, definition: '', incarnation: '', takenAt: '' })
    }
    await storage.close()
    expect(findNeedles(folder, ['removed-text'])).toEqual([])
  })
})

describe('what was replaced in a view', () => {
  it('is in no file any more once the views were scrubbed', async () => {
    const folder = tempFolder()
    const storage = await open(folder)
    const document = (key: string, text: string) => ({
      id: `p:1:${key}`,
      ...{ projection: 'p', version: 1, key, data: { text }, incarnation: storage.incarnation, tidemarks: [] },
    })
    const keys = Array.from({ length: 200 }, (_, i) => `k${i}`)
    const etags = new Map<string, string>()
    for (const key of keys) {
      const saved = await storage.viewStore.save(document(key, `erased-data of ${key} ${'x'.repeat(300)}`), 'ifAbsent')
      if (saved.saved) etags.set(key, saved.etag)
    }
    for (const key of keys) {
      await storage.viewStore.save(document(key, 'kept-data'), { ifMatch: etags.get(key) as string })
    }
    expect(findNeedles(folder, ['erased-data'])).not.toEqual([])
    await storage.viewStore.scrub?.()
    expect(findNeedles(folder, ['erased-data'])).toEqual([])
    await storage.close()
    expect(findNeedles(folder, ['erased-data', 'kept-data'])).toEqual(['views.db: kept-data'])
  })
})
