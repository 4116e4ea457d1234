import { readdirSync, readFileSync } from 'node:fs'
import { parse } from 'acorn'
import { expect, test } from 'vitest'

const folder = new URL('../../../stored-procedures/', import.meta.url)
const files = readdirSync(folder)

test.each(files)('%s is one plain ES2015 function behind a header, named as its file', (file) => {
  const text = readFileSync(new URL(file, folder), 'utf8')
  expect(text.startsWith('/*\n')).toBe(true)
  const { body } = parse(text, { ecmaVersion: 2015, sourceType: 'script' })
  const name = file.replace('.js', '').replace(/-(\w)/g, (_, letter: string) => letter.toUpperCase())
  expect(body).toEqual([
    expect.objectContaining({ type: 'FunctionDeclaration', id: expect.objectContaining({ name }) }),
  ])
})

// An account may refuse a filter that no index serves, where a container of others is indexed otherwise.
test.each(files)('%s allows each of its queries to look through documents', (file) => {
  const text = readFileSync(new URL(file, folder), 'utf8')
  const options = text.match(/const options = \{ pageSize: [^}]*\}/g) ?? []
  expect(options.length).toBe(text.match(/collection\.queryDocuments\(/g)?.length)
  for (const one of options) expect(one).toContain('enableScan: true')
})

test('the parser would notice later syntax', () => {
  for (const later of ['a?.b', 'a ?? b', 'async () => 1', 'f(a,)', '({ ...a })', 'a ** b', 'import "x"']) {
    expect(() => parse(later, { ecmaVersion: 2015, sourceType: 'script' })).toThrow(SyntaxError)
  }
})
