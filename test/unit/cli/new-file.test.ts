import { mkdir, mkdtemp, readdir, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { writeNewFile } from '../../../src/cli/support/new-file.ts'

let folder = ''
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tidemark-new-file-'))
})
afterEach(() => rm(folder, { recursive: true }))

async function* chunks(): AsyncIterable<string> {
  yield 'new '
  yield 'text'
}

const write = (file: string, force = false, text = chunks()) =>
  writeNewFile(file, text, { setting: '--output', force, signal: new AbortController().signal })

const taken = { code: 'InvalidConfiguration', setting: '--output', message: expect.stringMatching(/already exists/) }

it('is whole, can be read by its owner only, and leaves nothing beside it', async () => {
  const before = process.umask(0)
  try {
    await write(join(folder, 'out'))
  } finally {
    process.umask(before)
  }
  expect(await readFile(join(folder, 'out'), 'utf8')).toBe('new text')
  expect((await stat(join(folder, 'out'))).mode & 0o777).toBe(0o600)
  expect(await readdir(folder)).toEqual(['out'])
})

it('takes the place of another one only by force, and is no more open than a new one', async () => {
  const file = join(folder, 'out')
  await writeFile(file, 'old', { mode: 0o644 })
  await expect(write(file)).rejects.toMatchObject(taken)
  expect(await readFile(file, 'utf8')).toBe('old')
  await write(file, true)
  expect(await readFile(file, 'utf8')).toBe('new text')
  expect((await stat(file)).mode & 0o777).toBe(0o600)
})

it('is never written through a link, whether that leads somewhere or nowhere', async () => {
  const victim = join(folder, 'victim')
  await writeFile(victim, 'old')
  for (const target of [victim, join(folder, 'nowhere')]) {
    const file = join(folder, 'link')
    await symlink(target, file)
    await expect(write(file)).rejects.toMatchObject(taken)
    await write(file, true)
    expect(await readFile(file, 'utf8')).toBe('new text')
    await rm(file)
  }
  expect(await readFile(victim, 'utf8')).toBe('old')
  expect(await readdir(folder)).toEqual(['victim'])
})

it('takes no name that something was given while it was written', async () => {
  const file = join(folder, 'out')
  async function* late(): AsyncIterable<string> {
    yield 'new'
    await symlink(join(folder, 'nowhere'), file)
  }
  await expect(write(file, false, late())).rejects.toMatchObject(taken)
  expect(await readdir(folder)).toEqual(['out'])
})

it('is not there when it was not finished, and its folder must be', async () => {
  async function* broken(): AsyncIterable<string> {
    yield 'new'
    throw new Error('gone')
  }
  await expect(write(join(folder, 'out'), false, broken())).rejects.toThrow('gone')
  expect(await readdir(folder)).toEqual([])
  await expect(write(join(folder, 'none', 'out'))).rejects.toMatchObject({
    code: 'InvalidConfiguration',
    message: expect.stringMatching(/cannot be written: ENOENT/),
  })
  await mkdir(join(folder, 'out'))
  await expect(write(join(folder, 'out'))).rejects.toMatchObject(taken)
})
