import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { fileAnchor } from '../../../../../src/integrity/heads/anchors/file-anchor.ts'
import { originHash } from '../../../../../src/integrity/heads/origin-hash.ts'
import { headIn, parseHead } from '../../../../../src/integrity/notes/head-text.ts'
import { parseNote } from '../../../../../src/integrity/notes/signed-note.ts'
import { testLog } from '../../../../support/integrity/test-log.ts'

const ORIGIN = 'acme/meters'

describe('an anchor in a folder', () => {
  let parent: string
  let folder: string
  const log = testLog(ORIGIN)
  const fork = testLog(ORIGIN, { signer: log.signer, history: '--x' })
  const publish = async (size: number, by = log) => fileAnchor(folder).publish(await by.note(size), by.prover(size))
  const latest = async () => {
    const note = await fileAnchor(folder).latest(ORIGIN)
    return note && headIn(note).size
  }
  beforeEach(async () => {
    parent = await mkdtemp(join(tmpdir(), 'tidemark-anchor-'))
    folder = join(parent, 'heads')
  })
  afterEach(() => rm(parent, { recursive: true }))

  it('keeps nothing before the first head', async () => {
    expect(await latest()).toBeUndefined()
  })

  it('keeps each head in a file of its own, and returns the newest', async () => {
    for (const size of [2, 5, 9]) await publish(size)
    expect(await fileAnchor(folder).latest(ORIGIN)).toBe(await log.note(9))
    const files = join(folder, originHash(ORIGIN))
    expect(await Promise.all((await readdir(files)).map((name) => readFile(join(files, name), 'utf8')))).toEqual(
      await Promise.all([2, 5, 9].map(log.note)),
    )
  })

  it('changes nothing when a head is published again', async () => {
    await publish(2)
    await publish(2)
    expect(await readdir(join(folder, originHash(ORIGIN)))).toHaveLength(1)
  })

  it('refuses a smaller head, and says which one it keeps', async () => {
    await publish(5)
    await expect(publish(4)).rejects.toMatchObject({ code: 'AnchorRefused', size: 5 })
    expect(await latest()).toBe(5)
  })

  it('refuses another root of the same size, and a larger head of another history', async () => {
    await publish(5)
    await expect(publish(5, fork)).rejects.toMatchObject({ code: 'AnchorRefused', size: 5 })
    await expect(publish(7, fork)).rejects.toMatchObject({ code: 'AnchorRefused', size: 5 })
    await expect(fileAnchor(folder).publish(await fork.note(7), log.prover(7))).rejects.toMatchObject({
      code: 'AnchorRefused',
    })
    expect(await latest()).toBe(5)
  })

  it('keeps a chain of heads that extend each other, however many publish at once', async () => {
    const attempts = [3, 4, 5, 6, 7, 8].flatMap((size) => [publish(size), publish(size, fork)])
    await Promise.allSettled(attempts)
    const files = join(folder, originHash(ORIGIN))
    const heads = await Promise.all(
      (await readdir(files)).map(async (name) => parseHead(parseNote(await readFile(join(files, name))).text)),
    )
    const roots = [...heads.map(({ root }) => Buffer.from(root).toString('base64'))]
    const rootsOf = (by: typeof log) =>
      Promise.all(heads.map(async ({ size }) => Buffer.from(headIn(await by.note(size)).root).toString('base64')))
    expect([await rootsOf(log), await rootsOf(fork)]).toContainEqual(roots)
  })

  it('keeps the heads of several chains apart', async () => {
    const other = testLog('acme/other')
    await publish(5)
    await publish(3, other)
    expect(await fileAnchor(folder).latest(other.origin)).toBe(await other.note(3))
    expect(await latest()).toBe(5)
  })

  it('is unavailable where it cannot write, and where its newest head is damaged', async () => {
    await writeFile(folder, '')
    await expect(publish(2)).rejects.toMatchObject({ code: 'AnchorUnavailable' })
    await rm(folder)
    await publish(2)
    await writeFile(join(folder, originHash(ORIGIN), '000000000001.note'), 'damaged')
    await expect(publish(3)).rejects.toMatchObject({ code: 'AnchorUnavailable' })
  })
})
