import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { StoragePort } from '../../../../../src/core/port/storage.ts'
import { VAULT_KEYS, type ViewDocument } from '../../../../../src/core/port/view-store.ts'
import { someEvents } from '../../../../support/embedded/events.ts'
import { open, tempFolder } from '../../../../support/embedded/folders.ts'
import { findNeedles } from '../../../../support/embedded/needles.ts'

const view = (storage: StoragePort, key: string, lsn: number): ViewDocument => ({
  id: `p:1:${key}`,
  projection: 'p',
  version: 1,
  key,
  data: { text: 'ä "quoted" \u2028 \ud83d\ude00', number: 1e21, nested: [{ incarnation: 'untouched' }] },
  incarnation: storage.incarnation,
  tidemarks: [{ min: '', max: 'FF', lsn, hash: '00', version: 1 }],
})

describe('a backup', () => {
  it('has neither the keys of a vault nor a trace of them', async () => {
    const folder = tempFolder()
    const storage = await open(folder)
    const key = (name: string): ViewDocument => ({
      ...view(storage, name, 1),
      id: `$keys:1:${name}`,
      projection: VAULT_KEYS,
      data: { key: `wrapped-key-of-${name}` },
      tidemarks: [],
    })
    const names = Array.from({ length: 50 }, (_, i) => `person-${i}`)
    for (const name of names) await storage.viewStore.save(key(name), 'ifAbsent')
    await storage.viewStore.save({ ...view(storage, 'k', 3), tidemarks: [] }, 'ifAbsent')
    const target = join(tempFolder(), 'copy')
    await storage.backup(target)
    expect(findNeedles(folder, ['wrapped-key-of'])).not.toEqual([])
    expect(findNeedles(target, ['wrapped-key-of', 'person-7'])).toEqual([])
    const copy = await open(target)
    expect(await copy.viewStore.getMany(VAULT_KEYS, 1, names)).toEqual(new Map())
    expect(await copy.viewStore.get({ projection: 'p', version: 1, key: 'k' })).toBeDefined()
  })

  it('holds what was there, as another incarnation to which everything derived belongs', async () => {
    const storage = await open(undefined, { ranges: 3 })
    const { position } = await storage.events.append('a:1', someEvents(3), { expectedVersion: 0 })
    await storage.viewStore.save(view(storage, 'k', 3), 'ifAbsent')
    await storage.viewStore.save({ ...view(storage, 'old', 3), incarnation: 'an older life' }, 'ifAbsent')
    const range = (await storage.feed.ranges())[0] as { min: string; max: string }
    const lease = {
      id: 'p:1:-',
      projection: 'p',
      version: 1,
      range,
      owner: null,
      expiresAt: 0,
      continuation: (await storage.feed.read(range, 'start')).continuation,
      readTo: 0,
      incarnation: storage.incarnation,
    }
    await storage.leases.save(lease, 'ifAbsent')
    const { incarnation } = storage
    await storage.snapshots.save({ id: 'a:1', version: 3, state: { n: 1 }, definition: 'd', incarnation, takenAt: '' })
    const target = join(tempFolder(), 'copy')
    await storage.backup(target)

    const copy = await open(target)
    expect(copy.incarnation).not.toBe(storage.incarnation)
    expect(await copy.events.load('a:1')).toEqual(await storage.events.load('a:1'))
    expect(await copy.feed.ranges()).toEqual(await storage.feed.ranges())
    const moved = { incarnation: copy.incarnation }
    const ref = { projection: 'p', version: 1 }
    expect((await copy.viewStore.get({ ...ref, key: 'k' }))?.document).toEqual({ ...view(storage, 'k', 3), ...moved })
    expect((await copy.viewStore.get({ ...ref, key: 'old' }))?.document.incarnation).toBe('an older life')
    const copied = (await copy.leases.get('p:1:-'))?.document
    expect({ ...copied, continuation: null }).toEqual({ ...lease, ...moved, continuation: null })
    expect(await copy.snapshots.get('a:1')).toMatchObject({ version: 3, ...moved })
    await expect(copy.events.locate(position)).rejects.toMatchObject({ code: 'IncarnationMismatch' })
    expect((await copy.feed.read(range, copied?.continuation as string)).events).toEqual([])
    await expect(copy.feed.read(range, lease.continuation)).rejects.toMatchObject({ code: 'IncarnationMismatch' })
    expect((await copy.events.append('a:1', someEvents(1), { expectedVersion: 3 })).version).toBe(4)
    expect((await storage.events.load('a:1')).version).toBe(3)
    expect(readdirSync(join(target, '..'))).toEqual(['copy'])
  })

  it('has no view ahead of its log, although both are written meanwhile', async () => {
    const storage = await open()
    // So that copying the log takes long enough for views to be saved meanwhile.
    const ballast = { text: 'x'.repeat(1_000_000) }
    for (let i = 0; i < 40; i++) await storage.events.append('b:1', someEvents(1, ballast), { expectedVersion: i })
    const target = tempFolder()
    let running = true
    const write = async (key: string) => {
      let etag: string | undefined
      for (let version = 0; running; version += 5) {
        await storage.events.append(`a:${key}`, someEvents(5), { expectedVersion: version })
        const document = { ...view(storage, key, 0), data: { version: version + 5 } }
        const saved = await storage.viewStore.save(document, etag === undefined ? 'ifAbsent' : { ifMatch: etag })
        if (saved.saved) etag = saved.etag
      }
    }
    const writing = Promise.all(['1', '2', '3', '4'].map(write))
    await new Promise((resolve) => setTimeout(resolve, 50))
    const logBefore = (await storage.events.load('a:1')).version
    await storage.backup(target)
    const logAfter = (await storage.events.load('a:1')).version
    running = false
    await writing
    // Otherwise nothing could be ahead.
    expect(logAfter).toBeGreaterThan(logBefore)
    const copy = await open(target)
    for (const key of ['1', '2', '3', '4']) {
      const { version } = await copy.events.load(`a:${key}`)
      const seen = await copy.viewStore.get({ projection: 'p', version: 1, key })
      expect(version % 5).toBe(0)
      expect(version).toBeGreaterThanOrEqual(Number(seen?.document.data?.version ?? 0))
    }
  })

  it('does not touch a folder in which something is', async () => {
    const storage = await open()
    const target = tempFolder()
    writeFileSync(join(target, 'file'), 'mine')
    await expect(storage.backup(target)).rejects.toMatchObject({ code: 'InvalidConfiguration' })
    await expect(storage.backup(join(target, 'file'))).rejects.toMatchObject({ code: 'InvalidConfiguration' })
    expect(readdirSync(target)).toEqual(['file'])
  })

  it('leaves nothing behind when it fails', async () => {
    const folder = tempFolder()
    const storage = await open(folder)
    await storage.events.append('a:1', someEvents(1), { expectedVersion: 0 })
    // The name is too long for the temporary one beside it.
    const parent = tempFolder()
    const blocked = join(parent, 'a'.repeat(250))
    await expect(storage.backup(blocked)).rejects.toThrow()
    expect(existsSync(blocked)).toBe(false)
    expect(readdirSync(parent)).toEqual([])
    mkdirSync(join(parent, 'good'))
    await storage.backup(join(parent, 'good'))
    expect(readdirSync(join(parent, 'good')).sort()).toEqual(['events.db', 'views.db'])
  })

  it('is finished before the storage is closed, and refused after it', async () => {
    const storage = await open()
    await storage.events.append('a:1', someEvents(1), { expectedVersion: 0 })
    const target = join(tempFolder(), 'copy')
    const copied = storage.backup(target)
    await storage.close()
    expect(existsSync(join(target, 'events.db'))).toBe(true)
    await copied
    await expect(storage.backup(join(target, 'again'))).rejects.toMatchObject({ code: 'StorageClosed' })
  })
})
