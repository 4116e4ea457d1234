import { randomBytes } from 'node:crypto'
import { gzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { faultsOf, firstPageBytes, MOST_OF_FIRST_PAGE } from '../../../site/check-site.ts'

const site = (files: Record<string, string>) => new Map(Object.entries({ 'index.html': '<p id="top">', ...files }))
const bytes = (text: string) => gzipSync(text).length

describe('the first page of the site', () => {
  const page = [
    '<link rel="stylesheet" href="/docs/assets/style.css">',
    '<script type="module" src="/docs/assets/app.js"></script>',
    '<a href="/docs/other">another page</a>',
  ].join('')
  const files = site({
    'index.html': page,
    'other.html': 'not loaded',
    'assets/style.css': '@font-face { src: url(font.svg) }',
    'assets/font.svg': '<svg/>',
    'assets/app.js': 'import{a as b}from"./chunk.js";const later=()=>import("./search.js")',
    'assets/chunk.js': 'export const a=1',
    'assets/search.js': 'not loaded at first',
  })

  it('counts what it loads, and what that loads, each once, but no page that it links to', () => {
    const loaded = ['index.html', 'assets/style.css', 'assets/font.svg', 'assets/app.js', 'assets/chunk.js']
    expect(firstPageBytes(files, '/docs/')).toBe(loaded.reduce((sum, path) => sum + bytes(files.get(path) ?? ''), 0))
    expect(faultsOf(files, '/docs/')).toEqual([])
  })

  it('may not grow past its limit', () => {
    const large = site({ 'index.html': randomBytes(MOST_OF_FIRST_PAGE).toString('base64') })
    expect(faultsOf(large, '/')).toEqual([
      expect.stringMatching(/^index\.html loads \d+ bytes, and 200000 are the most$/),
    ])
  })

  it('cannot be counted where a file is missing', () => {
    expect(() => firstPageBytes(site({ 'index.html': '<script src="/gone.js">' }), '/')).toThrow('gone.js is not there')
  })
})

describe('a built site', () => {
  it.each([
    ['a.html', '<script async src="https://cdn.example/a.js"></script>'],
    ['a.html', '<link rel="stylesheet" href="//fonts.example/a.css">'],
    ['a.html', '<img alt="" src="https://cdn.example/a.png">'],
    ['a.css', '@import "https://fonts.example/a.css"; '],
    ['a.css', 'a { background: url("https://cdn.example/a.png") }'],
  ])('loads nothing from elsewhere: %s with %s', (path, text) => {
    expect(faultsOf(site({ [path]: text }), '/')).toEqual([expect.stringMatching(`^${path} loads .*example`)])
  })

  it('may link elsewhere', () => {
    expect(faultsOf(site({ 'a.html': '<a href="https://example.com/#anchor">elsewhere</a>' }), '/')).toEqual([])
  })

  it.each(['#top', '/guides/a#top', '/guides/a.html#top', 'b#there', './#in-index', '/#top'])(
    'has the anchor %s',
    (href) => {
      const files = site({
        'guides/a.html': `<h1 id="top"><a href="${href}">link</a>`,
        'guides/b.html': '<h1 id="there">',
        'guides/index.html': '<h1 id="in-index">',
      })
      expect(faultsOf(files, '/')).toEqual([])
    },
  )

  it.each([
    ['#gone', 'no such anchor'],
    ['b#gone', 'no such anchor'],
    ['/gone#top', 'no such page'],
  ])('has no link to %s', (href, fault) => {
    const files = site({ 'guides/a.html': `<h1 id="top"><a href="${href}">link</a>`, 'guides/b.html': '' })
    expect(faultsOf(files, '/')).toEqual([`guides/a.html links to ${href}: there is ${fault}`])
  })
})
