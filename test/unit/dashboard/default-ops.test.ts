import { join, resolve } from 'node:path'
import { expect, test } from 'vitest'
import { defaultOps } from '../../../src/dashboard/default-ops.ts'
import { folderOf } from '../../../src/open/file-url.ts'

test.each([
  'file:./data',
  'file:data/',
  'file:./data?ranges=4',
  'file:///var/data',
  'file:./100%25 of it',
  'file:./ü#'.replace('#', '%23'),
  'FILE:./data',
])('the operations of the folder %s are in its folder ops', (url) => {
  const ops = folderOf(defaultOps(url, 'url'), 'url')
  expect(resolve(ops ?? '')).toBe(resolve(join(folderOf(url, 'url') ?? '', 'ops')))
})

test.each(['mongodb://127.0.0.1/tidemark', 'https://account.documents.azure.com/tidemark'])(
  'the operations of the database %s are in a folder of the working directory',
  (url) => {
    expect(defaultOps(url, 'url')).toBe('file:./tidemark-ops')
  },
)

test('a URL that names no folder is refused under the name of its setting', () => {
  expect(() => defaultOps('file:', 'TIDEMARK_STORAGE')).toThrow(
    expect.objectContaining({ code: 'InvalidConfiguration', message: expect.stringMatching(/^TIDEMARK_STORAGE: /) }),
  )
})
