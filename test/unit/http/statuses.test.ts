import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { STATUSES as demoStatuses } from '../../../src/demo/api/statuses.ts'
import { STATUSES } from '../../../src/http/problems/statuses.ts'

const root = new URL('../../../', import.meta.url).pathname

function codesIn(pattern: string, exclude: string[] = []): string[] {
  const files = globSync(pattern, { cwd: root, exclude })
  const texts = files.map((file) => readFileSync(join(root, file), 'utf8'))
  return texts.flatMap((text) =>
    [...text.matchAll(/readonly code(?:: [^=\n]+)? = '(\w+)'/g)].map(([, code]) => code ?? ''),
  )
}

it('every error of the library has a status, and nothing else has', () => {
  const codes = codesIn('src/**/*.ts', ['src/demo/**'])
  expect(codes.length).toBeGreaterThan(50)
  expect([...STATUSES.keys()].toSorted()).toEqual(codes.toSorted())
})

it('every error of the demo has a status', () => {
  // DateInFuture has a problem of its own, with the field that is at fault.
  const mapped = [...Object.keys(demoStatuses), 'DateInFuture']
  expect(mapped.toSorted()).toEqual(codesIn('src/demo/**/*.ts').toSorted())
})

it('the statuses are those that HTTP has for such failures', () => {
  expect(new Set(STATUSES.values())).toEqual(
    new Set([400, 401, 403, 404, 405, 408, 409, 410, 412, 413, 415, 422, 428, 429, 500, 503, 504]),
  )
})
