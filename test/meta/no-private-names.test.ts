import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'

const root = fileURLToPath(new URL('../..', import.meta.url)).replace(/\/$/, '')

const literally = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')

// Put together from parts, so that this file does not hold what it looks for.
const forbidden = [
  // Where this checkout and its owner's home lie: paths that mean something on one machine only.
  ...[root, homedir()]
    .filter((path) => path.length > 1)
    .map((path) => new RegExp(`(^|[\\s"'\`(=:])${literally(path)}/`, 'm')),
  new RegExp(`${'registry'}\\.[\\w.-]+\\.\\w+`),
  new RegExp(`"${'resolved'}": "http`),
  new RegExp(`_${'auth'}(Token)?\\s*=`),
]

test('no file names the place where it was written, or a registry', () => {
  const files = execFileSync('git', ['ls-files', '-z'], { cwd: root, encoding: 'utf8' }).split('\0').filter(Boolean)
  expect(files.length).toBeGreaterThan(50)
  const found = files.flatMap((file) => {
    const text = readFileSync(join(root, file), 'utf8')
    return forbidden.filter((pattern) => pattern.test(text)).map((pattern) => `${file}: ${pattern}`)
  })
  expect(found).toEqual([])
})

test('the patterns find what they are for', () => {
  for (const bad of [`see ${root}/x`, `https://${'registry'}.example.org/x`]) {
    expect(forbidden.some((pattern) => pattern.test(bad))).toBe(true)
  }
})
