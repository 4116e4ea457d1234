import { expect, test } from 'vitest'
import { StorageFull } from '../../../src/core/errors/storage.ts'
import { logErrors } from '../../../src/dashboard/log-errors.ts'

test('errors thrown on purpose are one line each, and the same line is written at most once a minute', () => {
  const lines: unknown[] = []
  let now = 0
  const log = logErrors({ now: () => now }, (line) => lines.push(line))
  const full = (path: string) => new StorageFull(`No space is left for ${path}`)
  for (; now < 60_000; now += 1_000) log(full('a'))
  log(full('b'))
  expect(lines).toEqual(['StorageFull: No space is left for a', 'StorageFull: No space is left for b'])
  now = 60_000
  log(full('a'))
  expect(lines).toHaveLength(3)
})

test('other errors are written as they are, each time', () => {
  const errors: unknown[] = []
  const log = logErrors({ now: () => 0 }, (error) => errors.push(error))
  const error = new TypeError('x is not a function')
  log(error)
  log(error)
  expect(errors).toEqual([error, error])
})
