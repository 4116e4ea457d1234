import { mkdir, mkdtemp, readdir, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { InvalidOption } from '../../../../../src/core/errors/input.ts'
import { PayloadStoreFailed } from '../../../../../src/core/errors/payload.ts'
import { folderPayloads } from '../../../../../src/privacy/payloads/folder/folder-payloads.ts'
import { payloadStoreCases } from '../../../../support/payloads/store-cases.ts'

const newFolder = () => mkdtemp(join(tmpdir(), 'tidemark-payloads-'))

payloadStoreCases('a folder', async () => {
  const folder = await newFolder()
  return {
    store: folderPayloads(join(folder, 'payloads')),
    [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true }),
  }
})

describe('a folder of payloads', () => {
  let parent: string
  let folder: string
  beforeEach(async () => {
    parent = await newFolder()
    folder = join(parent, 'payloads')
  })
  afterEach(() => rm(parent, { recursive: true, force: true }))

  it('has files that only their owner can read, with names that can be told', async () => {
    await folderPayloads(folder).put('abC_-9/member%3A17/e-1/scan~h', Buffer.from('x'))
    expect(await readdir(folder, { recursive: true })).toContain('ab^c_-9/member%3^a17/e-1/scan~h')
    const { mode } = await stat(join(folder, 'ab^c_-9/member%3^a17/e-1/scan~h'))
    expect(mode & 0o777).toBe(0o600)
    expect((await stat(join(folder, 'ab^c_-9'))).mode & 0o777).toBe(0o700)
  })

  it('leaves no folder behind when an object is removed, and none that holds something else is taken', async () => {
    const store = folderPayloads(folder)
    await store.put('o/s/1/f', Buffer.from('x'))
    await store.put('o/t/2/f', Buffer.from('x'))
    await store.remove('o/s/1/f')
    expect((await readdir(folder, { recursive: true })).sort()).toEqual(['o', 'o/t', 'o/t/2', 'o/t/2/f'])
    await store.removeAll('o/')
    expect(await readdir(folder)).toEqual([])
  })

  it.each(['../x/s/e/f', 'o/../../x', '/x', 'o//f', 'o/s\\e', 'o/s/\0', '', 'o/'])(
    'refuses the key %j',
    async (key) => {
      const store = folderPayloads(folder)
      await expect(store.put(key, Buffer.from('x'))).rejects.toThrow(InvalidOption)
      await expect(store.get(key)).rejects.toThrow(InvalidOption)
      await expect(store.remove(key)).rejects.toThrow(InvalidOption)
      expect(await readdir(parent)).toEqual([])
    },
  )

  it('refuses to remove or list anything outside', async () => {
    await writeFile(join(parent, 'precious'), 'x')
    const store = folderPayloads(folder)
    await expect(store.removeAll('../')).rejects.toThrow(InvalidOption)
    await expect(Array.fromAsync(store.list('../'))).rejects.toThrow(InvalidOption)
    expect(await readFile(join(parent, 'precious'), 'utf8')).toBe('x')
  })

  it('does not follow a symbolic link out of the folder', async () => {
    const store = folderPayloads(folder)
    await writeFile(join(parent, 'secret'), 'secret')
    await mkdir(join(folder, 'o/s/e'), { recursive: true })
    await symlink(join(parent, 'secret'), join(folder, 'o/s/e/f'))
    await symlink(parent, join(folder, 'o/link'))
    await expect(store.get('o/s/e/f')).rejects.toThrow(PayloadStoreFailed)
    await store.removeAll('o/')
    expect(await readFile(join(parent, 'secret'), 'utf8')).toBe('secret')
  })

  it('stays usable for an owner whose objects are being removed while others are put', async () => {
    const store = folderPayloads(folder)
    const keys = Array.from({ length: 30 }, (_, i) => `busy/s/${i}/f`)
    const puts = Promise.all(keys.map((key) => store.put(key, Buffer.from('x'))))
    await Promise.all([puts, store.removeAll('busy/'), store.removeAll('busy/')])
    await store.removeAll('busy/')
    expect(await readdir(folder)).toEqual([])
  })

  it('does not list what an interrupted write left behind, and removes it with its owner', async () => {
    const store = folderPayloads(folder)
    await store.put('o/s/e/f', Buffer.from('x'))
    await writeFile(join(folder, 'o/s/e/+unfinished'), 'half')
    expect((await Array.fromAsync(store.list())).map(({ key }) => key)).toEqual(['o/s/e/f'])
    expect(await store.removeAll('o/')).toBe(1)
    expect(await readdir(folder)).toEqual([])
  })

  it('fails as a store that failed, with the code of the system, where it cannot write', async () => {
    await writeFile(folder, 'a file')
    await expect(folderPayloads(folder).put('o/s/e/f', Buffer.from('x'))).rejects.toThrow(
      expect.objectContaining({
        code: 'PayloadStoreFailed',
        store: folder,
        message: expect.stringMatching(/EEXIST|ENOTDIR/),
      }),
    )
  })

  it('keeps names that Windows reserves, or would shorten, apart from others', async () => {
    const store = folderPayloads(folder)
    for (const key of ['con/s/e/f', 'a./s/e/f', 'a/s/e/f', 'nul.x/s/e/f']) await store.put(key, Buffer.from(key))
    expect((await readdir(folder)).sort()).toEqual(['^_con', '^_nul.x', 'a', 'a^.'])
    const keys = (await Array.fromAsync(store.list())).map(({ key }) => key)
    expect(keys.sort()).toEqual(['a./s/e/f', 'a/s/e/f', 'con/s/e/f', 'nul.x/s/e/f'])
  })
})
