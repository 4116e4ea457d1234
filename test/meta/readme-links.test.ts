import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'

const root = new URL('../../', import.meta.url).pathname
const { repository } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { repository: { url: string } }
const home = repository.url.replace(/^git\+|\.git$/g, '')
const links = [...readFileSync(join(root, 'README.md'), 'utf8').matchAll(/\]\(([^)\s]+)\)/g)].map(
  ([, link = '']) => link,
)

// The README is also shown by registries, where the files beside it are not.
test('no link of the README depends on where it is shown', () => {
  expect(links.length).toBeGreaterThan(20)
  expect(links.filter((link) => !/^(https:|#)/.test(link))).toEqual([])
})

test('each link of the README into the repository leads to a file or folder that exists', () => {
  const paths = links.flatMap((link) => {
    const [, path] = /^\/(?:blob|tree)\/main\/([^#]+)/.exec(link.startsWith(home) ? link.slice(home.length) : '') ?? []
    return path === undefined ? [] : [path]
  })
  expect(paths.length).toBeGreaterThan(20)
  expect(paths.filter((path) => !existsSync(join(root, path)))).toEqual([])
})
