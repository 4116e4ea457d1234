import { spawnSync } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { mkdirSync, readdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, describe, expect, it } from 'vitest'
import { someEvents } from '../../../../support/embedded/events.ts'
import { open, tempFolder } from '../../../../support/embedded/folders.ts'

const KILLED = fileURLToPath(new URL('../../../../support/embedded/killed-backup.ts', import.meta.url))

const REFUSED = { code: 'InvalidConfiguration', setting: 'backup' }
const modeOf = (path: string): string => (statSync(path).mode & 0o7777).toString(8)
const before = process.umask()
afterEach(() => void process.umask(before))

async function written(folder = tempFolder(), events = 1) {
  const storage = await open(folder)
  for (let i = 0; i < events; i++) {
    await storage.events.append('a:1', someEvents(1, { text: 'x'.repeat(1_000_000) }), { expectedVersion: i })
  }
  return storage
}

describe('the target of a backup', () => {
  it.each([0o000, 0o022, 0o077])('is its owner’s alone, with those above it, under umask %o', async (umask) => {
    const storage = await written()
    const root = tempFolder()
    process.umask(umask)
    await storage.backup(join(root, 'new', 'copy'))
    const modes = ['new', 'new/copy', 'new/copy/events.db', 'new/copy/views.db'].map((path) => modeOf(join(root, path)))
    expect(modes).toEqual(['700', '700', '600', '600'])
  })

  it('keeps the mode that it has', async () => {
    const storage = await written()
    const target = join(tempFolder(), 'copy')
    mkdirSync(target)
    const { chmodSync } = await import('node:fs')
    chmodSync(target, 0o750)
    await storage.backup(target)
    expect(modeOf(target)).toBe('750')
    expect(modeOf(join(target, 'events.db'))).toBe('600')
  })

  it('is not inside the storage, by whatever way it is named', async () => {
    const [folder, root] = [tempFolder(), tempFolder()]
    const storage = await written(folder)
    symlinkSync(folder, join(root, 'link'))
    mkdirSync(join(folder, 'empty'))
    for (const target of [
      join(folder, 'copy'),
      join(folder, 'a', 'b'),
      join(root, 'link', 'copy'),
      join(folder, 'empty'),
    ]) {
      await expect(storage.backup(target), target).rejects.toMatchObject(REFUSED)
    }
    expect(readdirSync(folder).filter((name) => !/\.db(-|$)/.test(name))).toEqual(['empty'])
    await expect(storage.backup(folder)).rejects.toThrow(/not empty/)
  })

  it('is no link', async () => {
    const storage = await written()
    const root = tempFolder()
    mkdirSync(join(root, 'real'))
    symlinkSync(join(root, 'real'), join(root, 'link'))
    symlinkSync(join(root, 'nowhere'), join(root, 'dangling'))
    for (const name of ['link', 'dangling']) {
      await expect(storage.backup(join(root, name))).rejects.toMatchObject(REFUSED)
    }
    expect(readdirSync(root).sort()).toEqual(['dangling', 'link', 'real'])
    expect(readdirSync(join(root, 'real'))).toEqual([])
  })

  it('has a lock that follows no link', async () => {
    const storage = await written()
    const root = tempFolder()
    writeFileSync(join(root, 'victim'), '')
    symlinkSync(join(root, 'victim'), join(root, '.copy.lock'))
    await expect(storage.backup(join(root, 'copy'))).rejects.toMatchObject(REFUSED)
    expect(readFileSync(join(root, 'victim'), 'utf8')).toBe('')
    expect(readdirSync(root).sort()).toEqual(['.copy.lock', 'victim'])
  })

  it('takes one backup at a time', async () => {
    const storage = await written(undefined, 20)
    const root = tempFolder()
    const outcomes = await Promise.allSettled([1, 2, 3].map(() => storage.backup(join(root, 'copy'))))
    expect(outcomes.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected', 'rejected'])
    for (const outcome of outcomes) {
      if (outcome.status === 'rejected') expect(outcome.reason).toMatchObject({ code: 'StorageBusy' })
    }
    expect(readdirSync(root)).toEqual(['copy'])
  })

  it('is freed of what a backup has left that was killed, and of nothing else', async () => {
    const [folder, root] = [tempFolder(), tempFolder()]
    await (await written(folder, 20)).close()
    const target = join(root, 'copy')
    spawnSync(process.execPath, [KILLED, folder, target])
    const left = readdirSync(root)
    expect(left).toHaveLength(2)
    expect(left).toContain('.copy.lock')
    const victim = tempFolder()
    writeFileSync(join(victim, 'file'), 'mine')
    const foreign = ['.copy.partial', `.other.${randomUUID()}.partial`, '.copy.mine.partial']
    for (const name of foreign) mkdirSync(join(root, name))
    const link = `.copy.${randomUUID()}.partial`
    symlinkSync(victim, join(root, link))

    const storage = await open(folder)
    await storage.backup(target)
    expect(readdirSync(root).sort()).toEqual(['copy', link, ...foreign].sort())
    expect(readdirSync(victim)).toEqual(['file'])
    expect((await (await open(target)).events.load('a:1')).version).toBe(20)
  })
})
