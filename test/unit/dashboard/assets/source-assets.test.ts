import { expect, test, vi } from 'vitest'
import { sourceAssets } from '../../../../src/dashboard/assets/source-assets.ts'

const assets = sourceAssets()
const textOf = (path: string) => Buffer.from(assets(path)?.body ?? []).toString()

test('the page is served under the empty path, and names what it loads', () => {
  expect(assets('')?.type).toBe('text/html; charset=utf-8')
  expect(textOf('')).toContain('src="assets/dashboard/ui/main.ts"')
})

test('every module that the page needs is served as JavaScript, from the first import to the last', () => {
  const seen = new Set<string>()
  const visit = (path: string) => {
    if (seen.has(path)) return
    seen.add(path)
    const asset = assets(path)
    expect(asset?.type, path).toBe('text/javascript; charset=utf-8')
    for (const [, specifier = ''] of textOf(path).matchAll(/(?:\bfrom\s*|\bimport\s*\(\s*)["']([^"'\s]+)["']/g)) {
      expect(specifier, path).toMatch(/^\.\.?\//)
      visit(new URL(specifier, `http://x/${path}`).pathname.slice(1))
    }
  }
  visit('assets/dashboard/ui/main.ts')
  expect([...seen].filter((path) => path.startsWith('assets/library/')).sort()).toEqual([
    'assets/library/@preact/signals-core.js',
    'assets/library/@preact/signals.js',
    'assets/library/htm.js',
    'assets/library/preact.js',
    'assets/library/preact/hooks.js',
    'assets/library/uplot.js',
  ])
})

test('types are removed without a warning of Node', () => {
  const warned = vi.spyOn(process, 'emitWarning')
  expect(textOf('assets/dashboard/ui/shell/route.ts')).not.toContain('export type')
  expect(warned).not.toHaveBeenCalled()
})

test.each([
  'assets/dashboard/server/route.ts',
  'assets/dashboard/ui/../server/route.ts',
  'assets/dashboard/ui/tsconfig.json',
  'assets/../package.json',
  'assets/library/fastify.js',
  'assets/dashboard/ui/none.ts',
  'package.json',
  'assets/',
  'assets/dashboard/ui/%2e%2e/x.ts',
  '/etc/passwd',
])('%s is no file of the pages', (path) => {
  expect(assets(path)).toBeUndefined()
})

test('a file has the same tag as long as it does not change', () => {
  const path = 'assets/dashboard/ui/styles/main.css'
  expect(assets(path)?.etag).toMatch(/^"[\w-]{22}"$/)
  expect(assets(path)?.etag).toBe(sourceAssets()(path)?.etag)
})
