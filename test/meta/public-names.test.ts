import { readFileSync } from 'node:fs'
import { parseSync } from '@swc/core'
import { expect, test } from 'vitest'

const read = (path: string): string => readFileSync(new URL(path, import.meta.url), 'utf8')

type Names = { readonly values: string[]; readonly types: string[] }

/** The names that src/index.ts exports. @throws when one is not spelled out there */
function publicNames(): Names {
  const names: Names = { values: [], types: [] }
  for (const item of parseSync(read('../../src/index.ts'), { syntax: 'typescript', target: 'es2024' }).body) {
    if (item.type !== 'ExportNamedDeclaration')
      throw new Error(`Only lists of names belong into index.ts: ${item.type}`)
    for (const specifier of item.specifiers) {
      if (specifier.type !== 'ExportSpecifier') throw new Error(`Not a name: ${specifier.type}`)
      const isType = item.typeOnly || specifier.isTypeOnly
      names[isType ? 'types' : 'values'].push((specifier.exported ?? specifier.orig).value)
    }
  }
  return names
}

test('the public names are those of public-names.txt', () => {
  const { values, types } = publicNames()
  const listed = read('./public-names.txt')
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'))
  expect([...values.toSorted(), ...types.toSorted().map((name) => `type ${name}`)]).toEqual(listed)
})

test('a reader can keep the values in mind', () => {
  expect(publicNames().values.length).toBeLessThanOrEqual(30)
})
