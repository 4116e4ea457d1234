import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { build } from 'tsdown'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { DASHBOARD } from '../../../../scripts/build/dashboard-config.ts'
import { builtAssets } from '../../../../src/dashboard/assets/built-assets.ts'

// The budgets of the pages, as they are published: bytes of JavaScript and styles, compressed.
const FIRST_LOAD = 45_000
const ALL = 75_000

const folder = mkdtempSync(join(tmpdir(), 'tidemark-pages-'))
const files = () => JSON.parse(readFileSync(join(folder, 'files.json'), 'utf8')) as string[]
const textOf = (name: string) => readFileSync(join(folder, name), 'utf8')
const assets = () => builtAssets(pathToFileURL(`${folder}/`))
const sizeOf = (names: readonly string[]) =>
  names.reduce((sum, name) => sum + (assets()(`assets/${name}`)?.compressed('gzip').length ?? Number.NaN), 0)

beforeAll(() => build({ ...DASHBOARD, config: false, logLevel: 'error', outDir: folder }), 60_000)
afterAll(() => rmSync(folder, { recursive: true }))

/** What is loaded for the overview: the page's own files, and what they import. */
function firstLoad(): readonly string[] {
  const seen = new Set<string>()
  const visit = (name: string) => {
    if (seen.has(name)) return
    seen.add(name)
    for (const [, imported = ''] of textOf(name).matchAll(/\b(?:from|import)\s*["']\.\/([^"']+)["']/g)) visit(imported)
  }
  for (const [, name = ''] of textOf('index.html').matchAll(/"assets\/([^"]+\.(?:js|css))"/g)) visit(name)
  return [...seen]
}

test('the first load of the pages is at most 45 kB', () => {
  const names = firstLoad()
  expect(names.some((name) => name.endsWith('.css'))).toBe(true)
  expect(names.some((name) => textOf(name).includes('Open incidents'))).toBe(true)
  expect(sizeOf(names)).toBeLessThanOrEqual(FIRST_LOAD)
})

test('all code and styles of the pages are at most 75 kB, with the library that draws charts', () => {
  const names = files().filter((name) => /\.(js|css)$/.test(name))
  expect(names.some((name) => textOf(name).includes('u-over'))).toBe(true)
  expect(sizeOf(names)).toBeLessThanOrEqual(ALL)
})

test('the first load has nothing of the library that draws charts', () => {
  expect(firstLoad().filter((name) => name.endsWith('.js') && textOf(name).includes('u-over'))).toEqual([])
})

test('every file but the page itself has a name that changes with its content, and is kept for ever', () => {
  expect(files().filter((name) => !/-[\w-]{8}\.(js|css|svg)$/.test(name))).toEqual(['index.html'])
  expect([assets()('')?.cacheable, assets()(`assets/${files()[0]}`)?.cacheable]).toEqual([false, true])
})

test('the page loads nothing from elsewhere, and has no script or style of its own', () => {
  const page = textOf('index.html')
  expect(page).not.toMatch(/https?:|<style|style=|<script>|\son\w+=/)
  expect(page.match(/(?:src|href)="[^"]*"/g)?.every((link) => /"assets\/[^"]+"/.test(link))).toBe(true)
})

test.each(['files.json', 'THIRD-PARTY-LICENSES.txt', '../package.json', 'none.js'])('%s is not served', (name) => {
  expect(assets()(`assets/${name}`)).toBeUndefined()
})
