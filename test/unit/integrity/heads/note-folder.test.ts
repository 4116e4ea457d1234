import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { noteFolder } from '../../../../src/integrity/heads/note-folder.ts'

describe('a folder of notes', () => {
  let parent: string
  let folder: string
  beforeEach(async () => {
    parent = await mkdtemp(join(tmpdir(), 'tidemark-notes-'))
    folder = join(parent, 'heads/of')
  })
  afterEach(() => rm(parent, { recursive: true }))

  it('has no newest note before the first one', async () => {
    expect(await noteFolder(folder).newest()).toBeUndefined()
  })

  it('keeps notes in the order in which they were added, also for another process', async () => {
    const notes = noteFolder(folder)
    expect(await notes.add(0, 'one')).toBe(true)
    expect(await notes.add(1, 'two')).toBe(true)
    expect(await noteFolder(folder).newest()).toEqual({ number: 2, text: 'two' })
    expect(await readdir(folder)).toEqual(['000000000001.note', '000000000002.note'])
  })

  it('lets exactly one of many writers add a note after the same one', async () => {
    const texts = Array.from({ length: 20 }, (_, i) => `note ${i}`)
    const added = await Promise.all(texts.map((text) => noteFolder(folder).add(0, text)))
    expect(added.filter(Boolean)).toHaveLength(1)
    expect((await noteFolder(folder).newest())?.text).toBe(texts[added.indexOf(true)])
  })

  it('does not let a writer that was away for long take the number of a note that has been removed', async () => {
    await mkdir(folder, { recursive: true })
    await writeFile(join(folder, '000000000009.note'), 'nine')
    expect(await noteFolder(folder).add(5, 'six')).toBe(false)
    expect((await noteFolder(folder).newest())?.text).toBe('nine')
  })

  it('keeps the newest 1,000 notes', async () => {
    await mkdir(folder, { recursive: true })
    for (let i = 1; i <= 1_005; i++) await writeFile(join(folder, `${String(i).padStart(12, '0')}.note`), `${i}`)
    expect(await noteFolder(folder).add(1_005, 'last')).toBe(true)
    expect(await readdir(folder)).toHaveLength(1_000)
  })

  it('ignores files that are no notes, such as what an interrupted writer left', async () => {
    await mkdir(folder, { recursive: true })
    await writeFile(join(folder, '+unfinished'), 'half')
    await writeFile(join(folder, 'README'), 'text')
    expect(await noteFolder(folder).newest()).toBeUndefined()
  })
})
