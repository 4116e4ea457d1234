import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'

const root = new URL('../../', import.meta.url).pathname

// A class that has a code, wherever it stands: the name, and the code.
const CLASS = /class (\w+)[^{]*\{(?:(?!\nclass |\nexport class )[\s\S])*?readonly code(?:: [^=\n]+)? = '(\w+)'/g

function codesInSource(): { name: string; code: string }[] {
  return globSync('src/**/*.ts', { cwd: root })
    .flatMap((file) => [...readFileSync(join(root, file), 'utf8').matchAll(CLASS)])
    .map(([, name = '', code = '']) => ({ name, code }))
}

function codesInDocs(): string[] {
  const text = readFileSync(join(root, 'docs/reference/errors.md'), 'utf8')
  return [...text.matchAll(/^\| `(\w+)` \|/gm)].map(([, code = '']) => code)
}

test('each code stands in docs/reference/errors.md, and each that stands there exists', () => {
  const codes = codesInSource().map(({ code }) => code)
  expect(codes.length).toBeGreaterThan(10)
  expect(codesInDocs().toSorted()).toEqual(codes.toSorted())
})

test('every assignment of a code was seen', () => {
  const assignments = globSync('src/**/*.ts', { cwd: root }).flatMap((file) => [
    ...readFileSync(join(root, file), 'utf8').matchAll(/(?:override )?readonly code(?:: [^=\n]+)? = /g),
  ])
  expect(codesInSource()).toHaveLength(assignments.length)
})

test('every class that the library throws is exported by tidemark/errors', async () => {
  const inDemo = (code: string) => readFileSync(join(root, 'src/demo/domain/errors.ts'), 'utf8').includes(`'${code}'`)
  const ofLibrary = codesInSource().flatMap(({ name, code }) => (inDemo(code) ? [] : [name]))
  const errors = Object.keys(await import('../../src/errors.ts'))
  expect(errors.toSorted()).toEqual([...ofLibrary, 'TidemarkError'].toSorted())
})

test('a code is the name of its class', () => {
  for (const { name, code } of codesInSource()) expect(code).toBe(name)
})
