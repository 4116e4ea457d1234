import { spawnSync } from 'node:child_process'
import { copyFileSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { type EmbeddedPort, openEmbeddedPort } from '../../../../../src/adapters/embedded/index.ts'
import { leaseId } from '../../../../../src/core/port/lease-store.ts'
import type { ViewDocument } from '../../../../../src/core/port/view-store.ts'
import { eventMark } from '../../../../../src/core/positions/log-identity.ts'
import { withViews } from '../../../../../src/views/with-views.ts'
import { someEvents } from '../../../../support/embedded/events.ts'
import { open, tempFolder } from '../../../../support/embedded/folders.ts'
import { loseTail } from '../../../../support/embedded/lose-tail.ts'

const KILLED = fileURLToPath(new URL('../../../../support/embedded/killed-worker.ts', import.meta.url))

const AHEAD = { code: 'TidemarkAheadOfLog' }
const DIVERGED = { code: 'LogDiverged' }
const whole = { min: '', max: 'FF' }

/** Appends an event, and answers the tidemark of a view that has folded it. */
async function appendOne(storage: EmbeddedPort, streamId = 'a:1') {
  const events = someEvents(1)
  const { position } = await storage.events.append(streamId, events, { expectedVersion: 'any' })
  const at = (await storage.events.locate(position))[0]?.at
  if (at === undefined || typeof at === 'string') throw new Error('The event has no place')
  return { ...whole, ...at, event: eventMark(events[0]?.metadata.eventId as string) }
}

const viewAt = (storage: EmbeddedPort, ...tidemarks: ViewDocument['tidemarks']): ViewDocument => ({
  ...{ id: 'p:1:k', projection: 'p', version: 1, key: 'k', data: { n: 1 } },
  incarnation: storage.incarnation,
  tidemarks,
})

/** A storage with some events, and a view of the last but `behind`. */
async function projected(folder: string, behind = 0): Promise<EmbeddedPort> {
  const storage = await open(folder)
  const marks = []
  for (let i = 0; i < 6; i++) marks.push(await appendOne(storage))
  const mark = marks.at(-1 - behind)
  await storage.viewStore.save(viewAt(storage, ...(mark ? [mark] : [])), 'ifAbsent')
  return storage
}

describe('opening a folder whose log is older than a view', () => {
  it('is refused while the log ends before what the view has folded', async () => {
    const folder = tempFolder()
    await projected(folder)
    loseTail(folder, 'a:1', 6)
    await expect(openEmbeddedPort(folder)).rejects.toMatchObject({ ...AHEAD, lsn: 6, head: 5 })
  })

  it('is refused as well when other events have taken the places of those', async () => {
    const folder = tempFolder()
    const storage = await projected(folder)
    loseTail(folder, 'a:1', 4)
    for (let i = 0; i < 20; i++) await appendOne(storage, `b:${i}`)
    await expect(openEmbeddedPort(folder)).rejects.toMatchObject(DIVERGED)
  })

  it('is refused when the view is gone, its version was dropped, and no lease is left', async () => {
    const folder = tempFolder()
    const storage = await projected(folder)
    await storage.viewStore.drop('p', 1)
    loseTail(folder, 'a:1', 4)
    for (let i = 0; i < 20; i++) await appendOne(storage, `b:${i}`)
    await expect(openEmbeddedPort(folder)).rejects.toMatchObject(DIVERGED)
  })

  it('is allowed when only events are lost that nothing was derived from', async () => {
    const folder = tempFolder()
    await projected(folder, 2)
    loseTail(folder, 'a:1', 5)
    expect((await (await open(folder)).events.load('a:1')).version).toBe(4)
  })

  it('is allowed when the event was erased', async () => {
    const folder = tempFolder()
    const storage = await projected(folder)
    await storage.events.tombstone('a:1', { metadata: { eventId: 'end' } }, { expectedVersion: 6 })
    await storage.events.erase('a:1')
    await open(folder)
  })

  it('is refused by what views of older code say, as far as that goes', async () => {
    const folder = tempFolder()
    const storage = await open(folder)
    const { event: _, ...mark } = await appendOne(storage)
    await storage.viewStore.save(viewAt(storage, mark), 'ifAbsent')
    loseTail(folder, 'a:1', 1)
    await expect(openEmbeddedPort(folder)).rejects.toMatchObject(AHEAD)
    await appendOne(storage, 'b:1')
    await open(folder)
  })

  it('is refused for a lease that has read to there, although it was removed', async () => {
    const folder = tempFolder()
    const storage = await projected(folder, 3)
    const { continuation, readTo } = await storage.feed.read(whole, 'start')
    const id = leaseId('p', 1, whole)
    const lease = { id, projection: 'p', version: 1, range: whole, owner: null, expiresAt: 0, continuation, readTo }
    const saved = await storage.leases.save({ ...lease, incarnation: storage.incarnation }, 'ifAbsent')
    await storage.leases.remove(id, saved.saved ? saved.etag : '')
    loseTail(folder, 'a:1', 6)
    await expect(openEmbeddedPort(folder)).rejects.toMatchObject(AHEAD)
  })

  it('is told of the furthest of many views, by whatever handle they were saved', async () => {
    const folder = tempFolder()
    const handles = [await open(folder, { ranges: 4 }), await open(folder)]
    const ranges = await (handles[0] as EmbeddedPort).feed.ranges()
    const [range = whole] = ranges
    for (const [turn, lsn] of [3, 9, 5, 7].entries()) {
      const storage = handles[turn % 2] as EmbeddedPort
      const mark = { ...range, lsn, hash: '00', version: 1 }
      await storage.viewStore.save({ ...viewAt(storage, mark), id: `p:1:${lsn}`, key: `${lsn}` }, 'ifAbsent')
    }
    await expect(openEmbeddedPort(folder)).rejects.toMatchObject({ ...AHEAD, lsn: 9 })
  })

  it('is not kept from it by a view of another incarnation, or by a save that was refused', async () => {
    const folder = tempFolder()
    const storage = await projected(folder)
    const far = { ...whole, lsn: 1000, hash: '00', version: 1 }
    const other = { ...viewAt(storage, far), incarnation: 'another', id: 'p:1:o', key: 'o' }
    await storage.viewStore.save(other, 'ifAbsent')
    expect(await storage.viewStore.save(viewAt(storage, far), 'ifAbsent')).toEqual({ saved: false })
    await open(folder)
  })
})

describe('an older log that is accepted', () => {
  it('is another incarnation, for which nothing counts that was derived before', async () => {
    const folder = tempFolder()
    await projected(folder)
    loseTail(folder, 'a:1', 6)
    const accepted = await open(folder, { acceptDivergedLog: true })
    const storage = withViews(accepted)
    await expect(storage.views.get({ name: 'p', version: 1 } as never, 'k')).rejects.toMatchObject({
      code: 'IncarnationMismatch',
    })
    await accepted.close()
    const again = await open(folder)
    expect(again.incarnation).toBe(accepted.incarnation)
    // What is derived anew counts, although it is not as far.
    await again.viewStore.save({ ...viewAt(again, await appendOne(again)), id: 'p:1:n', key: 'n' }, 'ifAbsent')
    loseTail(folder, 'a:1', 6)
    await expect(openEmbeddedPort(folder)).rejects.toMatchObject(AHEAD)
  })

  it('is found in a backup as in the storage itself', async () => {
    const storage = await projected(tempFolder())
    const target = join(tempFolder(), 'copy')
    await storage.backup(target)
    await (await open(target)).close()
    loseTail(target, 'a:1', 6)
    await expect(openEmbeddedPort(target)).rejects.toMatchObject(AHEAD)
  })
})

describe('a log that lost its end', () => {
  const damages: Record<string, (folder: string) => void> = {
    'the write-ahead log is gone': (folder) => rmSync(join(folder, 'events.db-wal')),
    'a bit of it has flipped': (folder) => {
      const path = join(folder, 'events.db-wal')
      const bytes = readFileSync(path)
      const at = Math.floor(bytes.length * 0.7)
      bytes[at] = (bytes[at] as number) ^ 1
      writeFileSync(path, bytes)
    },
    'its end is missing': (folder) => {
      const path = join(folder, 'events.db-wal')
      writeFileSync(path, readFileSync(path).subarray(0, -20_000))
    },
  }
  for (const [what, damage] of Object.entries(damages)) {
    it(`is found before anything is acknowledged: ${what}`, async () => {
      const folder = tempFolder()
      await (await open(folder)).close()
      expect(spawnSync(process.execPath, [KILLED, folder], { encoding: 'utf8' }).stdout).toBe('done')
      damage(folder)
      rmSync(join(folder, 'events.db-shm'))
      await expect(openEmbeddedPort(folder)).rejects.toMatchObject(AHEAD)
      await open(folder, { acceptDivergedLog: true })
    })
  }

  it('is found when an older file is put back', async () => {
    const folder = tempFolder()
    const file = join(folder, 'events.db')
    await (await projected(folder)).close()
    const old = join(tempFolder(), 'old.db')
    copyFileSync(file, old)
    const storage = await open(folder)
    const found = await storage.viewStore.get({ projection: 'p', version: 1, key: 'k' })
    const marked = viewAt(storage, await appendOne(storage))
    await storage.viewStore.save(marked, { ifMatch: found?.etag ?? '' })
    await storage.close()
    copyFileSync(old, file)
    await expect(openEmbeddedPort(folder)).rejects.toMatchObject(AHEAD)
  })
})

describe('a continuation from before it named the log', () => {
  it('resumes where it is', async () => {
    const storage = await projected(tempFolder())
    const { events } = await storage.feed.read(whole, '4@-FF')
    expect(events.map(({ position }) => position.lsn)).toEqual([5, 6])
    expect((await storage.feed.lag(whole, '4@-FF')).events).toBe(2)
    await expect(storage.feed.read(whole, '7@-FF')).rejects.toMatchObject(AHEAD)
    await expect(storage.feed.read(whole, '4@-40')).rejects.toMatchObject({ code: 'InvalidContinuation' })
  })

  it('is followed by one that does, also where reading began past events that it did not see', async () => {
    const folder = tempFolder()
    const storage = await projected(folder)
    for (const from of ['4@-FF', 'now', new Date(Date.now() + 60_000)] as const) {
      const { continuation } = await storage.feed.read(whole, from)
      loseTail(folder, 'a:1', 6)
      await appendOne(storage, `b:${String(from)}`.slice(0, 8))
      await expect(storage.feed.read(whole, continuation), String(from)).rejects.toMatchObject(DIVERGED)
      loseTail(folder, `b:${String(from)}`.slice(0, 8), 1)
      await appendOne(storage)
    }
  })
})
