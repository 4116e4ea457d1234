import { chmodSync, mkdirSync, readdirSync, statSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import { openEmbeddedPort } from '../../../../../src/adapters/embedded/index.ts'
import { someEvents } from '../../../../support/embedded/events.ts'
import { open, tempFolder } from '../../../../support/embedded/folders.ts'

const modeOf = (path: string): string => (statSync(path).mode & 0o7777).toString(8)
const before = process.umask()
afterEach(() => void process.umask(before))

/** Opens a folder and writes to both files, so that all files that a storage has while it is open are there. */
async function openAndWrite(folder: string) {
  const storage = await open(folder)
  await storage.events.append('a:1', someEvents(1), { expectedVersion: 'any' })
  await storage.snapshots.remove('a:1')
  return storage
}

describe('the folder of a storage', () => {
  it.each([0o000, 0o022, 0o077, 0o277])('is its owner’s alone when it is made under umask %i', async (umask) => {
    const root = tempFolder()
    process.umask(umask)
    await openAndWrite(join(root, 'new', 'data'))
    expect([modeOf(join(root, 'new')), modeOf(join(root, 'new', 'data'))]).toEqual(['700', '700'])
    const files = readdirSync(join(root, 'new', 'data'))
    expect(files).toHaveLength(6)
    for (const file of files) expect(modeOf(join(root, 'new', 'data', file)), file).toBe('600')
  })

  it('keeps the mode that it has, and so do its files; new ones are their owner’s', async () => {
    const folder = join(tempFolder(), 'data')
    mkdirSync(folder)
    chmodSync(folder, 0o2775)
    process.umask(0)
    const storage = await openAndWrite(folder)
    expect([modeOf(folder), modeOf(join(folder, 'events.db'))]).toEqual(['2775', '600'])
    await storage.close()
    chmodSync(join(folder, 'events.db'), 0o660)
    await openAndWrite(folder)
    const modes = ['', 'events.db', 'events.db-wal', 'events.db-shm', 'views.db'].map((name) =>
      modeOf(join(folder, name)),
    )
    expect(modes).toEqual(['2775', '660', '660', '660', '600'])
  })

  it('may be a link, its files may not', async () => {
    const root = tempFolder()
    await (await openAndWrite(join(root, 'data'))).close()
    symlinkSync(join(root, 'data'), join(root, 'link'))
    await (await openAndWrite(join(root, 'link'))).close()
    mkdirSync(join(root, 'other'))
    for (const file of ['events.db', 'views.db']) symlinkSync(join(root, 'data', file), join(root, 'other', file))
    await expect(openEmbeddedPort(join(root, 'other'))).rejects.toMatchObject({ code: 'UnsupportedStorage' })
    mkdirSync(join(root, 'third'))
    symlinkSync(join(root, 'nowhere'), join(root, 'third', 'events.db'))
    await expect(openEmbeddedPort(join(root, 'third'))).rejects.toMatchObject({ code: 'UnsupportedStorage' })
    expect(readdirSync(root).sort()).toEqual(['data', 'link', 'other', 'third'])
  })
})
