import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'

const root = fileURLToPath(new URL('../..', import.meta.url))

// Adapters implement it, tests of adapters and of their faults call it, and a copy keeps events as they are.
const MAY_APPEND = /^src\/(adapters|testing|copy)\/|^src\/core\/append\/append-events\.ts$/

test('whatever appends to a log does so through appendEvents, which stamps the events', () => {
  const files = execFileSync('git', ['ls-files', 'src/**/*.ts'], { cwd: root, encoding: 'utf8' }).trim().split('\n')
  const appending = (text: string) => /\b(?:events|log)\.append\(/.test(text)
  const found = files.filter((file) => appending(readFileSync(join(root, file), 'utf8')))
  expect(found.length).toBeGreaterThan(3)
  expect(found.filter((file) => !MAY_APPEND.test(file))).toEqual([])
})
