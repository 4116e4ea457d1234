import { existsSync, globSync, readFileSync, statSync } from 'node:fs'
import { dirname, join, normalize } from 'node:path'
import { expect, test } from 'vitest'
import { anchorsOf } from '../support/docs/anchors.ts'

const root = new URL('../../', import.meta.url).pathname
const files = globSync(['*.md', 'docs/**/*.md'], { cwd: root, exclude: ['docs/reference/api/**'] })

const withoutCode = (text: string): string => text.replaceAll(/^\s*```.*?^\s*```/gms, '').replaceAll(/`[^`\n]*`/g, '')

function faultOf(from: string, link: string): string | undefined {
  const [path = '', anchor] = link.split('#')
  const target = path === '' ? from : normalize(join(dirname(from), path))
  // The API reference is generated, and the build of the site looks at links to it.
  if (target.startsWith('docs/reference/api/')) return undefined
  if (!existsSync(join(root, target))) return `${from}: ${link}: there is no ${target}`
  if (anchor === undefined || statSync(join(root, target)).isDirectory() || !target.endsWith('.md')) return undefined
  return anchorsOf(readFileSync(join(root, target), 'utf8')).includes(anchor)
    ? undefined
    : `${from}: ${link}: there is no such heading`
}

test('links between pages lead to files and headings that are there', () => {
  const links = files.flatMap((from) =>
    [...withoutCode(readFileSync(join(root, from), 'utf8')).matchAll(/\]\(([^)\s]+)\)/g)]
      .map(([, link = '']) => link)
      .filter((link) => !/^([a-z]+:|\/)/.test(link))
      .map((link) => ({ from, link })),
  )
  expect(links.length).toBeGreaterThan(100)
  expect(links.flatMap(({ from, link }) => faultOf(from, link) ?? [])).toEqual([])
})
