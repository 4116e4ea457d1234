import { existsSync } from 'node:fs'
import { join, relative } from 'node:path'
import { pathToFileURL } from 'node:url'
import { describe, expect, it } from 'vitest'
import { parseFileUrl } from '../../../src/open/file-url.ts'
import { openStorage } from '../../../src/open/open-storage.ts'
import { tempFolder } from '../../support/embedded/folders.ts'

describe('openStorage', () => {
  it('opens a folder by an absolute URL', async () => {
    const folder = join(tempFolder(), 'with space and ä')
    await using storage = await openStorage(`${pathToFileURL(folder)}?ranges=4`)
    expect(await storage.feed.ranges()).toHaveLength(4)
    expect(existsSync(join(folder, 'events.db'))).toBe(true)
    expect(storage.views).toBeDefined()
  })

  it('opens a folder by a relative URL', async () => {
    const folder = join(tempFolder(), 'data')
    await using storage = await openStorage(`file:${relative(process.cwd(), folder)}`)
    expect(await storage.feed.ranges()).toHaveLength(4)
    expect(existsSync(join(folder, 'events.db'))).toBe(true)
  })

  it.each([
    'data',
    './data',
    '',
    'sqlite:./data',
    'toString:x',
    'file:',
    'file:?ranges=2',
    'file:./data?range=4',
    'file:./data?ranges=4&ranges=5',
    'file:./data?ranges=',
    'file:./data?ranges=four',
    'file:./data?ranges=0',
    'file:./data?ranges=1000',
    'file:./data#part',
    'file:./da%ta',
    'file://server/share',
  ])('refuses %j, naming the setting', async (url) => {
    await expect(openStorage(url, { setting: 'TIDEMARK_STORAGE' })).rejects.toMatchObject({
      code: 'InvalidConfiguration',
    })
    await expect(openStorage(url, { setting: 'TIDEMARK_STORAGE' })).rejects.toThrow(/TIDEMARK_STORAGE|ranges/)
    expect(existsSync('data')).toBe(false)
  })
})

describe('a file URL', () => {
  it.each([
    ['file:./data', { folder: './data' }],
    ['file:data?ranges=4', { folder: 'data', ranges: 4 }],
    ['FILE:./a%20b', { folder: './a b' }],
    ['file:/var/data', { folder: '/var/data' }],
    ['file:///var/data?ranges=16', { folder: '/var/data', ranges: 16 }],
  ])('%s is %j', (url, expected) => {
    expect(parseFileUrl(url, 'url')).toEqual(expected)
  })
})
