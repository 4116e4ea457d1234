import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { UsageError } from '../../../create-tidemark/src/usage-error.ts'
import { hasFiles, writeProject } from '../../../create-tidemark/src/write-project.ts'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tidemark-create-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

const at = (path: string) => join(folder, path)
const textOf = (path: string) => readFileSync(at(path), 'utf8')

it('takes a folder with nothing but a Git repository for an empty one', () => {
  expect(hasFiles(at('missing'))).toBe(false)
  mkdirSync(at('.git'))
  expect(hasFiles(folder)).toBe(false)
  writeFileSync(at('notes.txt'), '')
  expect(hasFiles(folder)).toBe(true)
  expect(() => hasFiles(at('notes.txt'))).toThrow(UsageError)
})

it('replaces its own files, removes those of another choice, and keeps all others', () => {
  mkdirSync(at('src'))
  for (const path of ['src/a.ts', 'src/nats.ts', 'src/mine.ts']) writeFileSync(at(path), 'old')
  const removed = writeProject(folder, new Map([['src/a.ts', 'new']]), ['src/a.ts', 'src/nats.ts', 'src/never.ts'])
  expect(removed).toEqual(['src/nats.ts'])
  expect(textOf('src/a.ts')).toBe('new')
  expect(textOf('src/mine.ts')).toBe('old')
  expect(hasFiles(at('src'))).toBe(true)
  expect(() => textOf('src/nats.ts')).toThrow('ENOENT')
})

it('replaces a link, and not the file that it leads to', () => {
  writeFileSync(at('elsewhere'), 'old')
  symlinkSync(at('elsewhere'), at('a.ts'))
  writeProject(folder, new Map([['a.ts', 'new']]), [])
  expect(textOf('a.ts')).toBe('new')
  expect(textOf('elsewhere')).toBe('old')
})

it.each([
  ['a file where a folder must be', () => writeFileSync(at('src'), '')],
  ['a link where a folder must be', () => symlinkSync(tmpdir(), at('src'))],
  ['a folder where a file must be', () => mkdirSync(at('src/a.ts'), { recursive: true })],
])('writes nothing if there is %s', (_, obstruct) => {
  obstruct()
  const files = new Map([
    ['README.md', 'new'],
    ['src/a.ts', 'new'],
  ])
  expect(() => writeProject(folder, files, [])).toThrow(UsageError)
  expect(() => textOf('README.md')).toThrow('ENOENT')
})
