import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'

const root = new URL('../../', import.meta.url).pathname

// Put together from parts, so that this file does not hold what it looks for.
const forbidden = [
  new RegExp(`(^|[\\s"'\`(=:])/${'work'}/`, 'm'),
  new RegExp(`/${'tmp'}/(helpers|bash_jobs)`),
  // Data for tests may lie beside the checkout; nothing else there is ours.
  new RegExp(`\\.\\./${'shared'}/(?!data\\b)`),
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
  for (const bad of [`see /${'work'}/main`, `https://${'registry'}.example.org/x`, `../${'shared'}/tools`]) {
    expect(forbidden.some((pattern) => pattern.test(bad))).toBe(true)
  }
})
