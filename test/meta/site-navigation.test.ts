import { globSync } from 'node:fs'
import { expect, test } from 'vitest'
import { SECTIONS } from '../../site/.vitepress/site/pages.ts'

const docs = new URL('../../docs/', import.meta.url).pathname
const pages = globSync('**/*.md', { cwd: docs, exclude: ['reference/api/**', 'adr/**'] }).map((file) =>
  file.replace(/\.md$/, ''),
)

test('every page of the documentation is in the navigation of the site, once, and no other', () => {
  expect(Object.values(SECTIONS).flat().sort()).toEqual(pages.filter((page) => page !== 'index').sort())
})
