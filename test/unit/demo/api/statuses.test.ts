import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { STATUSES } from '../../../../src/demo/api/statuses.ts'

const root = new URL('../../../../', import.meta.url).pathname

/** What the API refuses itself, without an error of the library. */
const OWN = ['InvalidRequest', 'NotFound']

function codesInSource(): string[] {
  const files = globSync('src/**/*.ts', { cwd: root })
  const texts = files.map((file) => readFileSync(join(root, file), 'utf8'))
  return texts.flatMap((text) =>
    [...text.matchAll(/readonly code(?:: [^=\n]+)? = '(\w+)'/g)].map(([, code]) => code ?? ''),
  )
}

it('has a status for every error, and for nothing else', () => {
  const codes = codesInSource()
  expect(codes.length).toBeGreaterThan(50)
  expect([...STATUSES.keys()].toSorted()).toEqual([...OWN, ...codes].toSorted())
})

it('calls each of them what HTTP does', () => {
  expect(new Set(STATUSES.values())).toEqual(new Set([400, 404, 409, 413, 422, 500, 503, 504]))
})
