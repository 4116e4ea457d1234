import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createDurably, createFolder, writeDurably } from '../../../../src/core/files/durable-files.ts'

describe('createDurably', () => {
  let folder: string
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'tidemark-files-'))
  })
  afterEach(() => rm(folder, { recursive: true }))

  it('creates a file that only its owner can read', async () => {
    const file = join(folder, 'secret')
    await createDurably(file, 'text')
    expect(await readFile(file, 'utf8')).toBe('text')
    if (process.platform !== 'win32') expect((await stat(file)).mode & 0o777).toBe(0o600)
    expect(await readdir(folder)).toEqual(['secret'])
  })

  it('creates a file once, whoever else tries it at the same time', async () => {
    const file = join(folder, 'secret')
    const texts = Array.from({ length: 20 }, (_, i) => `text ${i}`)
    const outcomes = await Promise.allSettled(texts.map((text) => createDurably(file, text)))
    const winners = outcomes.flatMap(({ status }, i) => (status === 'fulfilled' ? [texts[i]] : []))
    expect(winners).toEqual([await readFile(file, 'utf8')])
    expect(outcomes.filter(({ status }) => status === 'rejected')).toHaveLength(19)
    for (const outcome of outcomes) {
      if (outcome.status === 'rejected') expect(outcome.reason).toMatchObject({ code: 'EEXIST' })
    }
    expect(await readdir(folder)).toEqual(['secret'])
  })
})

describe('createFolder', () => {
  let folder: string
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'tidemark-files-'))
  })
  afterEach(() => rm(folder, { recursive: true }))

  it('creates a folder and those that it is in, and tells the first', async () => {
    expect(await createFolder(join(folder, 'a', 'b', 'c'))).toBe(join(folder, 'a'))
    expect(await createFolder(join(folder, 'a', 'b', 'd', 'e'))).toBe(join(folder, 'a', 'b', 'd'))
    expect(await createFolder(join(folder, 'a', 'b', 'c'))).toBeUndefined()
    expect(await readdir(folder, { recursive: true })).toHaveLength(5)
  })

  it('is done by many at the same time', async () => {
    const paths = Array.from({ length: 20 }, (_, i) => join(folder, 'a', 'b', `${i % 5}`))
    await Promise.all(paths.map((path) => createFolder(path)))
    expect(await readdir(join(folder, 'a', 'b'))).toHaveLength(5)
  })

  it('fails if a file is in the way', async () => {
    await writeFile(join(folder, 'file'), '')
    await expect(createFolder(join(folder, 'file'))).rejects.toMatchObject({ code: 'EEXIST' })
    await expect(createFolder(join(folder, 'file', 'a', 'b'))).rejects.toMatchObject({ code: 'ENOTDIR' })
  })

  // Node's own recursive mkdir never returns.
  it.runIf(process.platform === 'linux')('fails where no folder can be created', async () => {
    await expect(createFolder('/proc/tidemark/a')).rejects.toMatchObject({ code: 'ENOENT' })
    const written = writeDurably('/proc/tidemark', '/proc/tidemark/a/file', Buffer.alloc(1))
    await expect(written).rejects.toMatchObject({ code: 'ENOENT' })
  })
})
