import { existsSync, globSync, readFileSync, statSync } from 'node:fs'
import { dirname, join, normalize } from 'node:path'
import { expect, test } from 'vitest'
import { githubSlug } from '../../site/.vitepress/site/github-slug.ts'

const root = new URL('../../', import.meta.url).pathname
const files = globSync(['*.md', 'docs/**/*.md'], { cwd: root, exclude: ['docs/reference/api/**'] })

const withoutCode = (text: string): string => text.replaceAll(/^\s*```.*?^\s*```/gms, '').replaceAll(/`[^`\n]*`/g, '')

const anchorsOf = (file: string): string[] => {
  const text = readFileSync(join(root, file), 'utf8').replaceAll(/^\s*```.*?^\s*```/gms, '')
  return [...text.matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) =>
    githubSlug(heading.replaceAll(/\[([^\]]*)\]\([^)]*\)/g, '$1')),
  )
}

function faultOf(from: string, link: string): string | undefined {
  const [path = '', anchor] = link.split('#')
  const target = path === '' ? from : normalize(join(dirname(from), path))
  // The API reference is generated, and the build of the site looks at links to it.
  if (target.startsWith('docs/reference/api/')) return undefined
  if (!existsSync(join(root, target))) return `${from}: ${link}: there is no ${target}`
  if (anchor === undefined || statSync(join(root, target)).isDirectory() || !target.endsWith('.md')) return undefined
  return anchorsOf(target).includes(anchor) ? undefined : `${from}: ${link}: there is no such heading`
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
